/** The granted parts and what they say. Of many parts some are drawn at a time, and each says what it says when asked. */
import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { OpenRecord } from "../engine/requesterHeld.ts";
import { Isolated } from "../look/Isolated.tsx";
import { isolate } from "../look/isolate.ts";
import { ShowMore } from "../look/ShowMore.tsx";
import { PartReading } from "../record/PartReading.tsx";
import { partName } from "../record/partName.ts";
import { Asking } from "../session/Asking.tsx";
import { useSession } from "../session/Session.tsx";
import { useFormats, useWords } from "../words/useWords.ts";
import styles from "./requester.module.css";

type Part = OpenRecord["parts"][number];

/** So few parts are shown whole at once. */
const few = 12;

export function PartList({ record: { requestId, parts } }: { record: OpenRecord }) {
  const words = useWords();
  const { find, noMatch } = words.requester.record;
  const [wanted, setWanted] = useState("");
  const asked = wanted.trim().toLocaleLowerCase();
  const found =
    asked === ""
      ? parts
      : parts.filter((part) => partName(part.label, words).toLocaleLowerCase().includes(asked));
  return (
    <>
      {parts.length > few && (
        <TextInput
          type="search"
          label={find}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      )}
      <p role="status">{found.length === 0 ? noMatch : ""}</p>
      <ShowMore
        items={found}
        keyOf={({ position }) => position}
        about={asked}
        list={(items) => <ul className={styles.parts}>{items}</ul>}
      >
        {(part) => <PartItem requestId={requestId} part={part} alone={parts.length <= few} />}
      </ShowMore>
    </>
  );
}

type PartItemProps = { requestId: string; part: Part; alone: boolean };

function PartItem({ requestId, part, alone }: PartItemProps) {
  const words = useWords();
  const formats = useFormats();
  const { show, hide, part: numbered } = words.requester.record;
  const [open, setOpen] = useState(alone);
  const name = partName(part.label, words);
  return (
    <li className={styles.part}>
      <div className={styles.partHead}>
        <h3>
          <Isolated>{name}</Isolated>
        </h3>
        {!alone && (
          <Button
            variant="default"
            aria-expanded={open}
            aria-label={`${open ? hide : show} ${isolate(name)}`}
            onClick={() => setOpen(!open)}
          >
            {open ? hide : show}
          </Button>
        )}
      </div>
      <span className={styles.note}>
        {numbered(part.position)} · {formats.bytes(part.bytes)}
      </span>
      {open && <PartSays requestId={requestId} position={part.position} />}
    </li>
  );
}

function PartSays({ requestId, position }: { requestId: string; position: number }) {
  const words = useWords();
  const { engine } = useSession();
  const reading = useQuery({
    queryKey: ["requester", "part", requestId, position],
    queryFn: () => engine.requester.part(requestId, position),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return (
    <>
      <Asking query={reading} label={words.look.loading} />
      {reading.data && <PartReading reading={reading.data} level={4} />}
    </>
  );
}
