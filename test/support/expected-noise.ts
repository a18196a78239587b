import { isExpectedNoise as isExpectedOfServers } from "../../src/server/log/expected-noise.ts";

/**
 * What workerd writes besides while tests go as they should, each with the reason. It is left out, so that what nobody
 * expects is seen.
 */
const EXPECTED: readonly RegExp[] = [
  // A Durable Object that a test throws out of memory, and who was waiting for it.
  /^(?:uncaught exception; )?exception = workerd\/api\/actor-state\.c\+\+:\d+: failed: (?:remote\.)?broken\.outputGateBroken; jsg\.Error: (?:moved|stopped)\n/,
  // Objects of a test file that has ended, which are deleted, and whoever they were still waiting for.
  /^(?:uncaught exception; )?exception = workerd\/api\/unsafe\.c\+\+:\d+: failed: (?:remote\.)?jsg\.Error: Application called deleteAllDurableObjects\(\)\.\n/,
  // Streams that one of their two sides has left: clients within a body, tails that are closed, uploads that break off.
  /^exception = (?:workerd\/api\/streams\/[\w-]+|kj\/async-io)\.c\+\+:\d+: disconnected: (?:pump canceled|(?:reader|writer) canceled|fixed-length pipe ended prematurely)\n/,
  // The resolver that these tests do not have.
  /^exception = rust\/worker\/ffi\.rs:\d+: disconnected: Connection refused \(os error 111\)\n/,
  // Origins of tests that send more than they have promised, or break off by a word of their own.
  /^uncaught exception; exception = workerd\/[\w/.+-]+:\d+: failed: jsg\.TypeError: Attempt to write too many bytes through a FixedLengthStream\.\n/,
  /^uncaught exception; exception = workerd\/jsg\/value\.h:\d+: failed: jsg\.Error: cut\n/,
  /^uncaught exception; source = Uncaught \(in promise\); stack = Error: cut\n/,
  // Bodies of assets are texts in stories, whatever their names say.
  /^console warning; message = Called \.text\(\) on an HTTP body which does not appear to be text\. The body's Content-Type is "(?:(?:image|video|font)\/|application\/octet-stream")/,
];

/** Whether a message of workerd's is one of those that are expected. */
function isExpectedNoise(message: unknown): boolean {
  return (
    typeof message === "string" && (isExpectedOfServers(message) || EXPECTED.some((expected) => expected.test(message)))
  );
}

/** Leaves the expected messages out of what a process writes. */
export function silenceExpectedNoise(...streams: readonly { write(...written: never[]): boolean }[]): void {
  for (const stream of streams) {
    const write = stream.write.bind(stream) as (...written: unknown[]) => boolean;
    stream.write = (...written: unknown[]) => isExpectedNoise(written[0]) || write(...written);
  }
}
