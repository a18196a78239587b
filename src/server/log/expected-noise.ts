/** What workerd writes on its own although all is well, each with the reason. */
const EXPECTED: readonly RegExp[] = [
  // Clients that leave in the middle of a body, and readers that stop.
  /^uncaught exception; exception = workerd\/api\/streams\/identity-transform-stream\.c\+\+:\d+: disconnected: writer canceled\n/,
  /^uncaught exception; source = Uncaught \(in promise\); stack = TypeError: Can't read from request stream because client disconnected\.\n/,
  /^Error writing HTTP body: \[TypeError: Can't read from request stream because client disconnected\.\]/,
  // Bodies that the origin did not send completely: we break off the client's with these words, and log `body_broken`.
  /^uncaught exception; exception = workerd\/jsg\/value\.h:\d+: failed: jsg\.Error: (?:cut-off|wrong-length|idle-timeout)\n/,
  /^Uncaught exception: workerd\/jsg\/value\.h:\d+: failed: remote\.jsg\.Error: (?:cut-off|wrong-length|idle-timeout)\b/,
  // Meant for workerd's developers: addresses in its own code, and code that V8 has moved.
  /stack:( (0|[a-f\d]{4,})){3,}/,
  /LLVM_SYMBOLIZER is not set/,
  /took recursive isolate lock/,
  /CODE_MOVED for unknown code block/,
];

/** Whether a message from workerd is expected. */
export function isExpectedNoise(message: string): boolean {
  return EXPECTED.some((expected) => expected.test(message));
}
