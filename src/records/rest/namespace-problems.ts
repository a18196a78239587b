import { RestProblem } from "./errors.ts";

/** 403: the first account that stored a record in a namespace owns it. */
export function namespaceOfAnother(name: string): RestProblem {
  return new RestProblem("forbidden", { sentence: `The namespace ${name} belongs to another account` });
}

/** 403: nobody can have it. */
export function reservedNamespace(name: string): RestProblem {
  return new RestProblem("forbidden", { sentence: `The namespace ${name} is reserved` });
}
