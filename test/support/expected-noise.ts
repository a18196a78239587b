import { isExpectedNoise as isExpectedOfServers } from "../../src/server/log/expected-noise.ts";

/**
 * What workerd writes besides while tests go as they should, each with the reason. It is left out, so that what nobody
 * expects is seen.
 */
const EXPECTED: readonly RegExp[] = [
  // A Durable Object that a test throws out of memory.
  /^uncaught exception; exception = workerd\/api\/actor-state\.c\+\+:\d+: failed: broken\.outputGateBroken; jsg\.Error: moved\n/,
  // Bodies of assets are texts in stories, whatever their names say.
  /^console warning; message = Called \.text\(\) on an HTTP body which does not appear to be text\. The body's Content-Type is "(?:image|video|font)\//,
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
