import { describe, expect, it } from "vitest";
import { isReservedName } from "../../src/zones/reserved-names.ts";
import { checkZoneName } from "../../src/zones/zone-name.ts";

const words = (text: string) => text.trim().split(/\s+/);

describe("isReservedName()", () => {
  it.each([
    [
      "what a certificate authority writes to",
      "admin administrator webmaster hostmaster postmaster root ssladmin ssladministrator sysadmin info is it mis",
    ],
    [
      "RFC 2142's mailboxes",
      "info marketing sales support abuse noc security postmaster hostmaster usenet news webmaster www uucp ftp",
    ],
    [
      "what mail looks for",
      "mta-sts openpgpkey autoconfig autodiscover webmail smtp imap pop3 mail mx dkim dmarc bimi",
    ],
    ["what clients find by themselves", "wpad isatap localhost ns1 dns doh proxy acme-challenge www"],
    ["what people sign in to", "sso id login signin auth oauth accounts secure verify my portal pay dashboard console"],
    ["this service's own", "api docs status cdn edge rescdn resolvedb"],
    ["numbered hosts", "ns5 ns12 mx1 mail2 smtp-1 www2 ww3 vpn01 dns9"],
  ])("reserves %s", (_, names) => {
    expect(words(names).filter((name) => !isReservedName(name))).toEqual([]);
  });

  it("leaves to customers what is theirs", () => {
    const names =
      "demo my-assets assets static images img media shop store apis admin-assets mail-templates v2 test1 a 7";
    expect(words(names).filter(isReservedName)).toEqual([]);
  });

  it("says nothing of names that cannot be a zone's at all: `_` among them", () => {
    expect(words("_dmarc _mta-sts _acme-challenge _domainkey").filter((name) => checkZoneName(name).ok)).toEqual([]);
  });
});
