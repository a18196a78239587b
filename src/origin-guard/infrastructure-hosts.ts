import ipaddr from "ipaddr.js";

/** Below public domains: the metadata services of clouds that have given theirs such a name. */
const PUBLIC_NAMES = [
  ...["metadata.goog", "metadata.tencentyun.com", "metadata.platformequinix.com", "metadata.packet.net"],
  "metadata.cloud.ibm.com",
];

/** Labels that name a metadata service, or the API of a cluster, in a private network, whatever domain its names are in. */
const LABELS = ["metadata", "instance-data", "rancher-metadata", "imds", "kubernetes"];

/** What Kubernetes calls what runs inside a cluster: its services and its pods. */
const IN_CLUSTER = /(?:^|\.)(?:svc|pod|cluster\.local)$/;
/** The API of a cluster whose domain is a public one. */
const CLUSTER_API = /^kubernetes\.default(?:\.|$)/;

/** Metadata services (Azure, Alibaba, AWS, Google, Scaleway) that are not link-local, as all others are. */
const NETWORKS = ["168.63.129.16/32", "100.100.100.200/32", "fd00:ec2::/32", "fd20:ce::/32", "fd00:42::/32"].map(
  (network) => ipaddr.parseCIDR(network),
);

/**
 * Whether a name leads to the infrastructure that an origin stands on, and hands out its credentials: never an origin, even
 * where a developer allows private ones.
 *
 * @param host in lower case
 * @param isPublic whether it is below a public top-level domain
 */
export function isInfrastructureName(host: string, isPublic: boolean): boolean {
  if (PUBLIC_NAMES.some((name) => host === name || host.endsWith(`.${name}`)) || CLUSTER_API.test(host)) return true;
  if (isPublic) return false;
  const labels = host.split(".");
  return labels.includes("svc") || IN_CLUSTER.test(host) || labels.some((label) => LABELS.includes(label));
}

/** As {@link isInfrastructureName}, of an address. */
export function isInfrastructureAddress(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return NETWORKS.some((network) => network[0].kind() === address.kind() && address.match(network));
}
