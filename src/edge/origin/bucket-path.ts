/**
 * The path of an object in a bucket, spelled as Signature Version 4 spells it: each byte percent-encoded but unreserved ones
 * and `/`. So what is signed is what is sent, and a `+` is a plus to every server. Null where there can be no such object: its
 * key would be empty, or no UTF-8.
 *
 * @param path of a URL, without the bucket
 */
export function bucketPath(path: string): string | null {
  // Without a key it would be the bucket, whose answer is the list of what is in it.
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
