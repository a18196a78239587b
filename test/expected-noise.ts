/**
 * What the runtime says where a test breaks a body or a connection on purpose, and what it says of tests that read a picture
 * as text. Whatever else it says is to be seen.
 */
const EXPECTED = [
  /^uncaught exception; .*jsg\.Error: (?:cut-off|wrong-length|idle-timeout)$/m,
  /^uncaught exception; .*TypeError: Can't read from request stream because client disconnected\.$/m,
  /^(?:uncaught exception; )?exception = workerd\/api\/streams\/\S+ disconnected: (?:writer|reader|pump) canceled/,
  /^Error writing HTTP body: \[TypeError: Can't read from request stream because client disconnected\.\]/,
  /^console warning; message = Called \.text\(\) on an HTTP body which does not appear to be text\./,
];

/** Leaves out of the output what passing tests are known to cause. */
export function silenceExpectedNoise(): void {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (...said: unknown[]) => boolean;
    stream.write = (text: unknown, ...rest: unknown[]) =>
      EXPECTED.some((noise) => typeof text === "string" && noise.test(text)) || write(text, ...rest);
  }
}
