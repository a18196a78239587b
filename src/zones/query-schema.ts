import { z } from "@hono/zod-openapi";

const parameters = z
  .array(
    z
      .string()
      .min(1)
      .max(100)
      .refine((name) => !/[=&#]/.test(name), "must be a parameter's name alone, without its value")
      .refine((name) => !/%[0-9a-f]{2}/i.test(name), "must be written as it is decoded, such as a[] for a%5B%5D")
      .refine((name) => !name.slice(0, -1).includes("*"), "may have * only at its end")
      .refine(
        (name) => name !== "*",
        'must have something before the *: for all parameters use "sort", for none "ignore"',
      ),
  )
  .max(100);

/** Which parts of a query count: see `QueryRule`. */
export const query = z.union(
  [z.enum(["keep", "sort", "ignore"]), parameters, z.strictObject({ except: parameters }).openapi("ParametersExcept")],
  {
    error: 'must be "keep", "sort", "ignore", a list of parameters, or {"except": a list of parameters}',
  },
);
