/** A folder as workerd serves it: GET with ranges, PUT that shows a file only once it is complete, DELETE, listings. */
export class Disk {
  readonly #folder: Fetcher;

  constructor(folder: Fetcher) {
    this.#folder = folder;
  }

  /** The bytes from `first` to `last` (inclusive) of a file of `size` bytes; null: there is no such file. */
  async read(path: string, first: number, last: number, size: number): Promise<Response | null> {
    const isWhole = first === 0 && last === size - 1;
    const headers: Record<string, string> = isWhole ? {} : { range: `bytes=${first}-${last}` };
    const response = await this.#folder.fetch(urlOf(path), { headers });
    const found = isWhole ? response.headers.get("content-length") : response.headers.get("content-range");
    // Another length means that the file was truncated meanwhile.
    if (response.ok && found === (isWhole ? String(size) : `bytes ${first}-${last}/${size}`)) return response;
    await response.body?.cancel();
    return null;
  }

  /** @throws if the disk does not accept it */
  async write(path: string, body: Blob | ReadableStream): Promise<void> {
    const response = await this.#folder.fetch(urlOf(path), { method: "PUT", body });
    if (!response.ok) throw new Error(`the cache's folder answered a write with ${response.status}`);
  }

  async remove(path: string): Promise<void> {
    await this.#folder.fetch(urlOf(path), { method: "DELETE" });
  }

  /** Bytes; null: there is no such file. */
  async sizeOf(path: string): Promise<number | null> {
    const response = await this.#folder.fetch(urlOf(path), { method: "HEAD" });
    return response.ok ? Number(response.headers.get("content-length")) : null;
  }

  /** The names in a folder; empty if it does not exist yet. */
  async list(path: string): Promise<string[]> {
    const response = await this.#folder.fetch(urlOf(`${path}/`));
    if (!response.ok) return [];
    return (await response.json<{ name: string }[]>()).map(({ name }) => name);
  }
}

function urlOf(path: string): string {
  return `http://disk/${path}`;
}
