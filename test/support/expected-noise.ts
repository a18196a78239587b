import { isExpectedNoise as isExpectedOfServers } from "../../src/server/log/expected-noise.ts";

/** What workerd writes although tests pass, each with the reason. It is left out, so that unexpected messages are seen. */
const EXPECTED: readonly RegExp[] = [
  // A Durable Object that a test removes from memory, and those waiting for it.
  /^(?:uncaught exception; )?exception = workerd\/api\/actor-state\.c\+\+:\d+: failed: (?:remote\.)?broken\.outputGateBroken; jsg\.Error: (?:moved|stopped)\n/,
  // Objects of a finished test file, which are deleted, and those still waiting for them.
  /^(?:uncaught exception; )?exception = workerd\/api\/unsafe\.c\+\+:\d+: failed: (?:remote\.)?jsg\.Error: Application called deleteAllDurableObjects\(\)\.\n/,
  // Streams that one side has left: clients in the middle of a body, closed tails, interrupted uploads.
  /^exception = (?:workerd\/api\/streams\/[\w-]+|kj\/async-io)\.c\+\+:\d+: disconnected: (?:pump canceled|(?:reader|writer) canceled|fixed-length pipe ended prematurely)\n/,
  // The resolver, which these tests do not have.
  /^exception = rust\/worker\/ffi\.rs:\d+: disconnected: Connection refused \(os error 111\)\n/,
  // Origins in tests that send more than they have announced, or that break off with a word of their own.
  /^uncaught exception; exception = workerd\/[\w/.+-]+:\d+: failed: jsg\.TypeError: Attempt to write too many bytes through a FixedLengthStream\.\n/,
  /^uncaught exception; exception = workerd\/jsg\/value\.h:\d+: failed: jsg\.Error: cut\n/,
  /^uncaught exception; source = Uncaught \(in promise\); stack = Error: cut\n/,
  // Bodies of assets are texts in stories, whatever their names are.
  /^console warning; message = Called \.text\(\) on an HTTP body which does not appear to be text\. The body's Content-Type is "(?:(?:image|video|font)\/|application\/octet-stream")/,
];

/** Whether a message from workerd is expected. */
function isExpectedNoise(message: unknown): boolean {
  return (
    typeof message === "string" && (isExpectedOfServers(message) || EXPECTED.some((expected) => expected.test(message)))
  );
}

/** Leaves expected messages out of what a process writes. */
export function silenceExpectedNoise(...streams: readonly { write(...written: never[]): boolean }[]): void {
  for (const stream of streams) {
    const write = stream.write.bind(stream) as (...written: unknown[]) => boolean;
    stream.write = (...written: unknown[]) => isExpectedNoise(written[0]) || write(...written);
  }
}
