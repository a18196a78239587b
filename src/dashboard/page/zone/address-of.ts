/** Where a zone is reached: on the user's own machine, at the port that this page came from. */
export function addressOf(subdomain: string): string {
  if (location.hostname !== "localhost") return `https://${subdomain}`;
  const label = subdomain.split(".")[0];
  return `http://${label}.rescdn.localhost${location.port && `:${location.port}`}`;
}
