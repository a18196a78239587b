import { expect, it } from "vitest";
import { silenceExpectedNoise } from "../support/expected-noise.ts";

/** What is written of some messages. */
function writtenOf(...messages: string[]): string[] {
  const written: string[] = [];
  const stream = { write: (message: string | Uint8Array) => written.push(String(message)) > 0 };
  silenceExpectedNoise(stream);
  for (const message of messages) stream.write(message);
  return written;
}

it("leaves out what workerd says of a body that was broken off on purpose", () => {
  const cutOff = "uncaught exception; exception = workerd/jsg/value.h:1535: failed: jsg.Error: cut-off\nstack: a b c\n";
  expect(writtenOf(cutOff)).toEqual([]);
});

it("lets every other exception through, one that only speaks of an expected one too", () => {
  const others = [
    "uncaught exception; exception = workerd/jsg/value.h:1535: failed: jsg.Error: boom\nstack: a b c\n",
    "uncaught exception; exception = workerd/jsg/value.h:1535: failed: jsg.TypeError: cut-off\n",
    "a test failed: uncaught exception; exception = workerd/jsg/value.h:1535: failed: jsg.Error: cut-off\n",
    'console warning; message = Called .text() on an HTTP body which does not appear to be text. The body\'s Content-Type is "application/pdf".',
  ];
  expect(writtenOf(...others)).toEqual(others);
});
