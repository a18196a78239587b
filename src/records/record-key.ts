/** The parts of a record's key. */
export interface RecordKey {
  /** `[label.]*resource.namespace.version`, lower case. */
  key: string;
  resource: string;
  namespace: string;
  version: string;
}

export type RecordKeyVerdict = ({ ok: true } & RecordKey) | { ok: false; reason: string };

/** RFC 1035 §2.3.4: a name has at most 255 octets, which are 253 characters of text. */
const LONGEST_NAME = 253;
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const VERSION = /^v[0-9]{1,4}$/;
/** Labels that readers of a name take for credentials or encoded labels, not for part of its key. */
const READ_OTHERWISE = /^(?:auth|bdt|ctp|sig|b32|b64|hex)-/;

/** The name to read a record by. */
export function recordName(key: string): string {
  return `get.${key}.resolvedb.net`;
}

/**
 * Reads a record's key, `[label.]*resource.namespace.version`, in any case, like names in DNS (RFC 4343). Its labels are those
 * of hostnames (RFC 1123 §2.1).
 */
export function parseRecordKey(text: string): RecordKeyVerdict {
  // Checked before the case is folded, since some letters beyond ASCII fold to letters within it.
  const wellFormed = text.split(".").every(isLabel);
  const key = text.toLowerCase();
  const labels = key.split(".");
  const [resource, namespace, version] = labels.slice(-3);
  if (resource === undefined || namespace === undefined || version === undefined)
    return refused("must be resource.namespace.version, such as config.myapp.v1");
  if (!VERSION.test(version)) return refused('must end in a version: "v" and 1 to 4 digits, such as v1');
  if (!wellFormed)
    return refused("must consist of labels of 1 to 63 letters, digits and hyphens, with no hyphen at either end");
  if (labels.slice(0, -3).some((label) => READ_OTHERWISE.test(label)))
    return refused(
      "must not have labels before its resource that begin with auth-, bdt-, ctp-, sig-, b32-, b64- or hex-",
    );
  if (recordName(key).length > LONGEST_NAME)
    return refused(`must have at most ${LONGEST_NAME - recordName("").length} characters`);
  return { ok: true, key, resource, namespace, version };
}

/** Whether a text can be a label of a key, and so the name of a namespace; in any case. */
export function isLabel(text: string): boolean {
  return LABEL.test(text);
}

function refused(reason: string): RecordKeyVerdict {
  return { ok: false, reason };
}
