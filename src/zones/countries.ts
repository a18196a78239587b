/** ISO 3166-1 alpha-2, as assigned in 2026, with Kosovo's XK and Cloudflare's T1 for the Tor network. */
const CODES =
  "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF " +
  "CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI " +
  "GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ " +
  "LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO " +
  "NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST " +
  "SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK T1";

const COUNTRIES: ReadonlySet<string> = new Set(CODES.split(" "));

/** Codes that people write but that do not exist, and what they mean. */
const MEANT: Readonly<Record<string, string>> = {
  UK: "is not a country's code: the United Kingdom is GB",
  EU: "is not a country's code: list the union's members",
  EL: "is not a country's code: Greece is GR",
  XX: "stands for an unknown country: it is never in a list, so allow refuses it and deny lets it pass",
};

/** Why a text is not a country's code, as the predicate of a sentence; null: it is one. @param code in capital letters */
export function refusalOfCountry(code: string): string | null {
  if (COUNTRIES.has(code)) return null;
  return MEANT[code] ?? "must be a country's code of two letters (ISO 3166), or T1 for the Tor network";
}
