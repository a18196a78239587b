import type { MaintenanceSettings } from "../../zones/settings.ts";
import { addressMatcher } from "./address-matcher.ts";
import type { Clients } from "./clients.ts";

/** A zone's maintenance mode, prepared for checking requests. */
export interface Closure {
  /** Whether the origin is still asked for this address; null: for nobody. */
  isAllowed: ((address: string) => boolean) | null;
}

export function prepareClosure({ allow = [] }: MaintenanceSettings): Closure {
  return { isAllowed: allow.length === 0 ? null : addressMatcher(allow) };
}

/** Whether the origin must not be asked for a request. */
export function isClosedTo(request: Request, { isAllowed }: Closure, clients: Pick<Clients, "addressOf">): boolean {
  if (isAllowed === null) return true;
  const address = clients.addressOf(request);
  return address === null || !isAllowed(address);
}
