/** What an operator allows as an origin. */
export interface OriginPolicy {
  /** Loopback and private hosts: for local development only. */
  allowPrivate: boolean;
  allowHttp: boolean;
  /** Our own domains and hosts, in lower case: neither these nor anything below them can be an origin. */
  ownHosts: readonly string[];
}

/** A deployment's policy, from its settings. */
export function originPolicy(settings: {
  edgeDomains: readonly string[];
  apiHosts: Iterable<string>;
  recordsHosts: Iterable<string>;
  dashboardHost: string | null;
  origins: { allowPrivate: boolean; allowHttp: boolean };
}): OriginPolicy {
  const { edgeDomains, apiHosts, recordsHosts, dashboardHost } = settings;
  const dashboard = dashboardHost === null ? [] : [dashboardHost];
  return { ...settings.origins, ownHosts: [...edgeDomains, ...apiHosts, ...recordsHosts, ...dashboard] };
}
