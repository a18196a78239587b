import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { RestEnv } from "./context.ts";

const LARGEST_BODY_BYTES = 65_536;

/** Refuses a body above 64 KiB as soon as that much has arrived, announced or not. */
export function limitBodyBy(tooLarge: () => Error): MiddlewareHandler<RestEnv> {
  return bodyLimit({
    maxSize: LARGEST_BODY_BYTES,
    onError: () => {
      throw tooLarge();
    },
  });
}
