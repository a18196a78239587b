import ipaddr from "ipaddr.js";

/** Under public domains: the metadata services of clouds that gave them such a name. */
const PUBLIC_NAMES = [
  ...["metadata.goog", "metadata.tencentyun.com", "metadata.platformequinix.com", "metadata.packet.net"],
  "metadata.cloud.ibm.com",
];

/** Labels that name a metadata service or a cluster's API in a private network, under any domain. */
const LABELS = ["metadata", "instance-data", "rancher-metadata", "imds", "kubernetes"];

/** The names that Kubernetes gives to what runs inside a cluster: services and pods. */
const IN_CLUSTER = /(?:^|\.)(?:svc|pod|cluster\.local)$/;
/** The API of a cluster whose domain is public. */
const CLUSTER_API = /^kubernetes\.default(?:\.|$)/;

/** Metadata services (Azure, Alibaba, AWS, Google, Scaleway) whose addresses, unlike all others, are not link-local. */
const NETWORKS = ["168.63.129.16/32", "100.100.100.200/32", "fd00:ec2::/32", "fd20:ce::/32", "fd00:42::/32"].map(
  (network) => ipaddr.parseCIDR(network),
);

/**
 * Whether a name leads to the infrastructure below an origin, which hands out its credentials. Such a name can never be an
 * origin, even if a developer allows private ones.
 *
 * @param host in lower case
 * @param isPublic whether it is under a public top-level domain
 */
export function isInfrastructureName(host: string, isPublic: boolean): boolean {
  if (PUBLIC_NAMES.some((name) => host === name || host.endsWith(`.${name}`)) || CLUSTER_API.test(host)) return true;
  if (isPublic) return false;
  const labels = host.split(".");
  return labels.includes("svc") || IN_CLUSTER.test(host) || labels.some((label) => LABELS.includes(label));
}

/** As {@link isInfrastructureName}, for an address. */
export function isInfrastructureAddress(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return NETWORKS.some((network) => network[0].kind() === address.kind() && address.match(network));
}
