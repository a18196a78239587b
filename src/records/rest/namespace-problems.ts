import { RestProblem } from "./errors.ts";

export function namespaceOfAnother(name: string): RestProblem {
  return new RestProblem("forbidden", { sentence: `The namespace ${name} belongs to another account` });
}

export function reservedNamespace(name: string): RestProblem {
  return new RestProblem("forbidden", { sentence: `The namespace ${name} is reserved` });
}
