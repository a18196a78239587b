import { log } from "../log/log.ts";
import type { Settings } from "../settings.ts";

/** Cloudflare's binding for sending mail, if there is one. */
export interface MailBindings {
  MAIL?: SendEmail;
}

/** A mail to one person, in plain text. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
}

/**
 * Sends a mail. If nothing sends mail and the server is the operator's own machine, its text is logged: whoever can read that
 * log may do everything that the links allow.
 */
export async function sendMail(
  { MAIL }: MailBindings,
  { mailFrom, trustedProxies }: Pick<Settings, "mailFrom" | "trustedProxies">,
  { to, subject, text }: Mail,
): Promise<void> {
  if (MAIL === undefined || mailFrom === null) {
    const isOwnMachine = trustedProxies !== null;
    log("mail_not_sent", { subject, ...(isOwnMachine && { to, text }) });
    return;
  }
  try {
    await MAIL.send({ from: mailFrom, to, subject, text });
  } catch (error) {
    // Whoever asked learns nothing about the address, but the operator does.
    log("mail_failed", { error });
  }
}
