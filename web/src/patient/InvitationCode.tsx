/** An invitation for the doctor: as a code to scan, a link to copy, a file to save. */
import { Button, Stack } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { Invitation } from "../engine/patientLetters.ts";
import { signPlace } from "../engine/signPlace.ts";
import { LinkField } from "../look/LinkField.tsx";
import { QrCode } from "../look/QrCode.tsx";
import { saveFile } from "../record/saveFile.ts";
import { useWords } from "../words/useWords.ts";
import styles from "./LinksPanel.module.css";

export function InvitationCode({ invitation }: { invitation: Pick<Invitation, "text"> }) {
  const words = useWords().patient.invitation;
  const link = pageLink(signPlace + encodeURIComponent(compact(invitation.text)));
  return (
    <Stack gap="md">
      <QrCode value={link} label={words.qr} size={300} />
      <LinkField label={words.text} description={words.textHint} value={link} />
      <Button
        variant="default"
        className={styles.button}
        leftSection={<IconDownload size={20} aria-hidden />}
        onClick={() => saveFile(words.fileName, invitation.text, "application/json")}
      >
        {words.file}
      </Button>
    </Stack>
  );
}

/** The same JSON without white space. */
function compact(text: string): string {
  return JSON.stringify(JSON.parse(text));
}

/** This page's own address with another place in it. */
export function pageLink(place: string): string {
  const { origin, pathname } = window.location;
  return `${origin}${pathname}#${place}`;
}
