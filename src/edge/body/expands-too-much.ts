/** A coded body that becomes more than one may. */
export class ExpandsTooMuch extends Error {}
