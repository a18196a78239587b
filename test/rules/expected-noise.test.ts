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

it("leaves out what workerd says of streams that were left, of objects that tests end, and of a resolver that is not there", () => {
  const expected = [
    "exception = workerd/api/streams/internal.c++:532: disconnected: pump canceled\nstack: a b c\n",
    "exception = workerd/api/streams/identity-transform-stream.c++:296: disconnected: reader canceled\nstack: a b c\n",
    "exception = kj/async-io.c++:2008: disconnected: fixed-length pipe ended prematurely\nstack: a b c\n",
    "uncaught exception; exception = workerd/api/actor-state.c++:1249: failed: broken.outputGateBroken; jsg.Error: stopped\nstack: a\n",
    "exception = workerd/api/unsafe.c++:229: failed: remote.jsg.Error: Application called deleteAllDurableObjects().\nstack: a\n",
    "uncaught exception; exception = workerd/jsg/value.h:1535: failed: jsg.Error: cut\nstack: a b c\n",
    "exception = rust/worker/ffi.rs:110: disconnected: Connection refused (os error 111)\nstack: a b c\n",
  ];
  expect(writtenOf(...expected)).toEqual([]);
});

it("lets every other exception through, one that only speaks of an expected one too", () => {
  const others = [
    "exception = workerd/api/streams/internal.c++:532: failed: pump canceled\nstack: a b c\n",
    "exception = rust/worker/ffi.rs:110: failed: failed to lookup address information: Name or service not known\n",
    "uncaught exception; source = Uncaught (in promise); stack = Error: Network connection lost.\n",
    "uncaught exception; exception = workerd/jsg/value.h:1535: failed: jsg.Error: boom\nstack: a b c\n",
    "uncaught exception; exception = workerd/jsg/value.h:1535: failed: jsg.TypeError: cut-off\n",
    "a test failed: uncaught exception; exception = workerd/jsg/value.h:1535: failed: jsg.Error: cut-off\n",
    'console warning; message = Called .text() on an HTTP body which does not appear to be text. The body\'s Content-Type is "application/pdf".',
  ];
  expect(writtenOf(...others)).toEqual(others);
});
