import { listMembers, splitOutsideQuotes } from "./field-syntax.ts";

/** A member of an `Accept…` field (RFC 9110 §12.4.2). */
export interface WeightedValue {
  /** The member without its weight: in lower case, its parameters unchanged except for the space around `;`. */
  value: string;
  /** 0 to 1; null: the weight is invalid. */
  weight: number | null;
}

// RFC 9110 §12.4.2, with any number of decimals.
const QVALUE = /^(?:0(?:\.[0-9]*)?|1(?:\.0*)?)$/;

/** The members of an `Accept`, `Accept-Encoding` or `Accept-Language` field with their weights (RFC 9110 §12.4.2). */
export function weightedValues(list: string | null): WeightedValue[] {
  return listMembers(list).map(readMember);
}

function readMember(member: string): WeightedValue {
  if (!member.includes(";")) return { value: member.toLowerCase(), weight: 1 };
  const [name = "", ...parameters] = splitOutsideQuotes(member, ";");
  let value = name.toLowerCase();
  let weight: number | null = 1;
  for (const parameter of parameters) {
    if (/^q=/i.test(parameter)) weight = QVALUE.test(parameter.slice(2)) ? Number(parameter.slice(2)) : null;
    else value += `;${parameter}`;
  }
  return { value, weight };
}
