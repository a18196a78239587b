import { type ApiDocument, documentsOfApi, type Operation } from "./documented.ts";

/** One call of the API, as its documents describe it. */
export interface ApiOperation {
  /** Its name: `GET /v1/zones/{id}`. */
  title: string;
  method: string;
  /** With its parameters in braces. */
  path: string;
  operation: Operation;
  document: ApiDocument;
  security: Security | null;
}

/** The key scheme that an operation requires, and the scopes. */
export interface Security {
  scheme: string;
  scopes: string[];
}

/** All calls in the documents. */
export async function operationsOfApi(): Promise<ApiOperation[]> {
  return (await documentsOfApi()).flatMap((document) =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([name, operation]) => {
        const method = name.toUpperCase();
        return { title: `${method} ${path}`, method, path, operation, document, security: securityOf(operation) };
      }),
    ),
  );
}

function securityOf({ security = [] }: Operation): Security | null {
  const [requirement] = security.map((each) => Object.entries(each)[0]!);
  return requirement === undefined ? null : { scheme: requirement[0], scopes: requirement[1] };
}
