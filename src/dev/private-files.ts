/** From now on, what this process and those that it starts create is for this user alone. */
export function keepFilesPrivate(): void {
  process.umask(0o077);
}
