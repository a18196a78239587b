/**
 * Names that no customer may take below an edge domain, because software, authorities or people trust what answers there. The
 * lists on npm that were checked (reserved-subdomains, reserved-email-addresses-list, the-big-username-blacklist) lack most
 * names that software trusts, and have names that customers need: `static`, `demo`, companies. So this list is our own. Each
 * part says where its names come from.
 */

/**
 * Hosts that standards or clients look for below a domain: mail (RFC 6186, RFC 8314, Thunderbird's autoconfig, Outlook's
 * autodiscover), its policies and keys (RFC 8461, RFC 8460, RFC 7929, the Web Key Directory, RFC 6376, RFC 7489, BIMI), proxies
 * and tunnels (WPAD, ISATAP of RFC 5214), names and certificates (RFC 8555, RFC 8659, RFC 9462), directories, calendars, chat
 * and the other services that IANA registers under these names.
 */
const SERVICES = words(`
  mail email webmail mx mta smtp smtps submission submissions relay imap imaps pop pop2 pop3 pop3s exchange owa outlook
  sieve managesieve listserv lists autoconfig autodiscover autoconfiguration mta-sts mtasts tlsrpt tls-rpt smtp-tls
  openpgpkey pgp pgpkey pgpkeys keys dkim domainkey domainkeys dmarc spf bimi arc
  wpad proxy isatap teredo vpn ipsec
  dns dot doh doq ns nameserver resolver whois rdap acme acme-challenge caa ocsp crl pki ca
  www ww web ftp ftps sftp tftp ssh telnet rdp vnc ntp time snmp syslog radius
  ldap ldaps kerberos kdc ldap-gc directory dc gc
  sip sips xmpp jabber stun turn caldav caldavs carddav carddavs webdav matrix irc
  db sql mysql postgres redis backup cpanel whm plesk webdisk phpmyadmin
  localhost localdomain local broadcasthost gateway router firewall internal intranet extranet host server node
`);

/**
 * Mailboxes and roles: those that prove to a certificate authority that somebody speaks for a domain (CA/Browser Forum,
 * Baseline Requirements, 3.2.2.4.4; the older ones that some still ask), and those of RFC 2142.
 */
const ROLES = words(`
  admin administrator webmaster hostmaster postmaster root ssladmin ssladministrator sslwebmaster sysadmin
  is it mis info abuse noc security trouble usenet news uucp marketing sales support billing
  mailer-daemon mailerdaemon nobody noreply no-reply donotreply do-not-reply daemon operator superuser
  administration admins moderator owner staff system sys
`);

/** Names that people would take for this service itself, and trust with a password or a card number. */
const TRUSTED = words(`
  account accounts auth authenticate authentication authorize login logon signin sign-in log-in signup sign-up register
  logout signout sso saml oauth oauth2 oidc openid idp id identity passport password passwords reset verify verification
  confirm activate secure ssl tls cert certs certificate certificates safe safety trust
  my me user users member members profile customer customers client clients partner partners portal
  pay payment payments checkout invoice invoices wallet bank banking donate refund refunds
  console dashboard panel control controlpanel control-panel manage management settings
  legal privacy terms tos policy dmca copyright compliance gdpr
`);

/** This service's own hosts, today's and those of the next years. */
const OURS = words(`
  rescdn resolvedb api app apps blog cdn edge origin origins shield dev developer developers
  docs documentation health healthz help helpdesk helpcenter metrics monitor monitoring logs status stats staging
  production prod stage registry webhook webhooks worker workers well-known wellknown nic go git
  community forum about contact careers jobs press changelog pricing enterprise cache
`);

const RESERVED = new Set([...SERVICES, ...ROLES, ...TRUSTED, ...OURS]);
const NUMBERED = new Set(SERVICES);

/** Whether a zone's name is reserved. Services are also reserved with a number after them: `ns5`, `mail-2`. */
export function isReservedName(name: string): boolean {
  return RESERVED.has(name) || NUMBERED.has(name.replace(/-?\d{1,4}$/, ""));
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
