import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { RestEnv } from "./context.ts";

const LARGEST_BODY_BYTES = 65_536;

/** What an API answers to bodies that it cannot accept. */
export interface BodyRules {
  tooLarge(): Error;
  /** It broke off, or its chunks are invalid (RFC 9112 §8: "a request message with a body that is incomplete"). */
  broken(): Error;
}

/** Reads the body. Refuses one above 64 KiB as soon as that much has arrived, whether announced or not. */
export function limitBodyBy(rules: BodyRules): MiddlewareHandler<RestEnv> {
  const limit = bodyLimit({
    maxSize: LARGEST_BODY_BYTES,
    onError: () => {
      throw new TooLarge();
    },
  });
  return async (c, next) => {
    try {
      await limit(c, async () => {
        await c.req.arrayBuffer();
      });
    } catch (error) {
      throw error instanceof TooLarge ? rules.tooLarge() : rules.broken();
    }
    await next();
  };
}

/** Refuses a body that has been read, unless it is an empty object. @param refusal makes the error to throw */
export function refuseBodyBy(refusal: () => Error): MiddlewareHandler<RestEnv> {
  return async (c, next) => {
    const text = (await c.req.text()).trim();
    // Some programs send an empty object with each POST.
    if (text !== "" && text !== "{}") throw refusal();
    await next();
  };
}

class TooLarge extends Error {}
