/** A command cannot do its work; the message is a sentence for whoever called it. */
export class CannotStart extends Error {}
