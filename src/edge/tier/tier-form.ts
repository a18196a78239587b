/** The form of questions and envelopes. Tiers and edges of different forms do not speak to each other. */
export const TIER_FORM = 1;
