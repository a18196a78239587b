/** The name of an object; `""`: unknown. An alarm may wake an object without its name; then this is the one that was kept. */
export function objectName({ id, storage }: DurableObjectState): string {
  return id.name ?? storage.kv.get<string>("name") ?? "";
}

/** Stores an object's name with its data. */
export function keepName({ id, storage }: DurableObjectState): void {
  if (id.name !== undefined && storage.kv.get<string>("name") === undefined) storage.kv.put("name", id.name);
}
