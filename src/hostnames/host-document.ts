/** A customer's own hostname as the edge knows it: the JSON document under `host:<hostname>` in the zone table (KV). */
export interface HostDocument {
  hostname: string;
  /** `deleted`: nobody has it now. The document stands for a missing one. */
  state: "active" | "deleted";
  /** Name and id of the zone that it leads to; null: the hostname is deleted. */
  zone: { name: string; id: string } | null;
  /** Increases with every change, whoever has the hostname. */
  revision: number;
}
