/** The name of an object; `""` where none is known. An alarm may wake an object without it: then it is what was kept. */
export function objectName({ id, storage }: DurableObjectState): string {
  return id.name ?? storage.kv.get<string>("name") ?? "";
}

/** Keeps an object's name with what it holds. */
export function keepName({ id, storage }: DurableObjectState): void {
  if (id.name !== undefined && storage.kv.get<string>("name") === undefined) storage.kv.put("name", id.name);
}
