import { addCommonHeaders, type Document } from "./common-headers.ts";
import { addExamples } from "./document-examples.ts";
import { plainSchemas } from "./plain-schemas.ts";

/**
 * A document as it is served: with the headers that the guards add to each answer, in forms that client generators understand,
 * and an example for each body.
 *
 * @param without paths that are answered without the guards
 */
export function finishedDocument(made: Document, without: readonly string[] = []): Document {
  const document = addCommonHeaders(plainSchemas(made), without);
  addExamples(document as unknown as Parameters<typeof addExamples>[0]);
  return document;
}
