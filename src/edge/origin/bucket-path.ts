/**
 * The path of an object in a bucket, spelled as in Signature Version 4: each byte is percent-encoded, except unreserved ones
 * and `/`. So exactly what is signed is sent, and a `+` is a plus to every server. Null if there can be no such object: its key
 * would be empty, or not UTF-8.
 *
 * @param path a URL's path, without the bucket
 */
export function bucketPath(path: string): string | null {
  // Without a key this would be the bucket itself, which answers with a list of its objects.
  if (/^(?:\/|%2f)*$/i.test(path)) return null;
  try {
    const key = decodeURIComponent(path.replace(/%(?![0-9a-f]{2})/gi, "%25"));
    const spelled = encodeURIComponent(key).replaceAll("%2F", "/");
    return spelled.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
