/**
 * A `Content-Disposition` that makes browsers save an answer under a name (RFC 6266 §4.3): in ASCII for old clients, and in
 * full if ASCII cannot spell it. Characters of the name that separate folders, quote or control are left out.
 */
export function attachment(name: string): string {
  const plain = [...name.replace(/[\u0000-\u001f\u007f-\u009f\\/"]/g, "").toWellFormed()].join("").trim();
  if (plain === "" || /^\.+$/.test(plain)) return "attachment";
  // Some clients decode a "%" in the quoted form, others do not (RFC 6266 appendix D).
  const ascii = plain.replace(/[^\x20-\x7e]|%/gu, "_");
  if (ascii === plain) return `attachment; filename="${ascii}"`;
  return `attachment; filename="${ascii}"; filename*=UTF-8''${extValue(plain)}`;
}

/** RFC 8187 §3.2.1: everything but `attr-char` is percent-encoded. */
function extValue(text: string): string {
  return encodeURIComponent(text).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
