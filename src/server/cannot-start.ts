/** A command cannot do what it is for; the message is a sentence for whoever called it. */
export class CannotStart extends Error {}
