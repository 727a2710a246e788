/** Every building block in its states, for those who build the page; not part of what is served. */
import { IconBell, IconFolder, IconKey, IconUsers } from "@tabler/icons-react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { AppShell } from "./AppShell.tsx";
import { Forms } from "./gallery/Forms.tsx";
import { People } from "./gallery/People.tsx";
import { Records } from "./gallery/Records.tsx";
import { States } from "./gallery/States.tsx";
import { hostileName } from "./gallery/samples.ts";
import { Look } from "./Look.tsx";
import { OfflineBanner } from "./OfflineBanner.tsx";
import { ScreenTitle } from "./ScreenTitle.tsx";

const nav = [
  { id: "records", label: "Records", href: "#/records", icon: IconFolder, current: true },
  { id: "requests", label: "Requests", href: "#/requests", icon: IconBell, count: 3 },
  { id: "access", label: "Access", href: "#/access", icon: IconUsers },
  { id: "keys", label: "Keys", href: "#/keys", icon: IconKey },
];
const roles = [
  { id: "patient", label: "Patient" },
  { id: "doctor", label: "Doctor" },
];

function Gallery() {
  return (
    <Look>
      <AppShell
        nav={nav}
        roles={roles}
        role={roles[0]!.id}
        account={{ label: hostileName, detail: "0x1234567890abcdef1234567890abcdef12345678" }}
        locked={false}
        onLock={() => {}}
        menu={[{ id: "backup", label: "Make a back-up", onSelect: () => {} }]}
        banner={<OfflineBanner offline />}
        onNavigate={(_href, event) => event.preventDefault()}
      >
        <ScreenTitle
          title="Building blocks"
          lead="Every block in its states, with names and texts as they come, kind and hostile."
          back={{ label: "My records", href: "#/records" }}
        />
        <Records />
        <People />
        <States />
        <Forms />
      </AppShell>
    </Look>
  );
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <Gallery />
  </StrictMode>,
);
