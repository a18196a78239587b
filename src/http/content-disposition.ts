/**
 * `Content-Disposition` that has an answer saved under a name (RFC 6266 §4.3): in ASCII for old clients, and as it is where that
 * says less. What stands for a folder, a quote or a control in a name is left out.
 */
export function attachment(name: string): string {
  const plain = [...name.replace(/[\u0000-\u001f\u007f-\u009f\\/"]/g, "").toWellFormed()].join("").trim();
  if (plain === "" || /^\.+$/.test(plain)) return "attachment";
  // A "%" in the quoted form is decoded by some, and left by others (RFC 6266 appendix D).
  const ascii = plain.replace(/[^\x20-\x7e]|%/gu, "_");
  if (ascii === plain) return `attachment; filename="${ascii}"`;
  return `attachment; filename="${ascii}"; filename*=UTF-8''${extValue(plain)}`;
}

/** RFC 8187 §3.2.1: all but `attr-char` is percent-encoded. */
function extValue(text: string): string {
  return encodeURIComponent(text).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
