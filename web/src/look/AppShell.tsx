import { NativeSelect } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import type { MouseEvent, ReactNode } from "react";
import { useWords } from "../words/useWords.ts";
import { AccountMenu, type AccountMenuProps } from "./AccountMenu.tsx";
import styles from "./AppShell.module.css";
import { Mark } from "./Mark.tsx";

/** A place that the navigation leads to. */
export interface Place {
  readonly id: string;
  readonly label: string;
  readonly href: string;
  readonly icon: Icon;
  readonly current?: boolean;
  /** How many new things wait there. */
  readonly count?: number;
}

export interface AppShellProps extends AccountMenuProps {
  /** The roles that this person can take; with one or none there is no switch. */
  roles?: readonly { id: string; label: string }[];
  role?: string;
  onRole?: (id: string) => void;
  /** At most five: they stand in a row on phones. */
  nav: readonly Place[];
  homeHref?: string;
  /** Called for plain clicks on a link of the shell; prevent the default to route without loading. */
  onNavigate?: (href: string, event: MouseEvent<HTMLAnchorElement>) => void;
  /** Above the content: offline, a publish to finish. */
  banner?: ReactNode;
  children: ReactNode;
}

/** The frame of every screen: header, navigation (a bar at the bottom on phones), and the main landmark. */
export function AppShell(props: AppShellProps) {
  const { roles = [], role, onRole, nav, homeHref = "#/", onNavigate, banner, children } = props;
  const { look, shell } = useWords();
  const follow = (href: string) => (event: MouseEvent<HTMLAnchorElement>) => {
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (plain) onNavigate?.(href, event);
  };
  // A plain "#main" would change the route of pages that route by hash.
  const skip = (event: MouseEvent) => {
    event.preventDefault();
    document.getElementById("main")?.focus();
  };
  return (
    <div className={styles.shell} data-nav={nav.length > 0}>
      {/* biome-ignore lint/a11y/useValidAnchor: it goes to a place in the page, as a link does */}
      <a className={styles.skip} href="#main" onClick={skip}>
        {look.skip}
      </a>
      <header className={styles.header}>
        <a className={styles.home} href={homeHref} aria-label={shell.name} onClick={follow(homeHref)}>
          <Mark size={36} />
          <span>{shell.name}</span>
        </a>
        {roles.length > 1 && (
          <NativeSelect
            className={styles.role}
            aria-label={look.roleSwitch}
            value={role ?? ""}
            data={[
              ...(role === undefined ? [{ value: "", label: look.roleNone, disabled: true }] : []),
              ...roles.map(({ id, label }) => ({ value: id, label })),
            ]}
            onChange={(event) => onRole?.(event.currentTarget.value)}
          />
        )}
        <div className={styles.account}>
          <AccountMenu {...props} />
        </div>
      </header>
      {nav.length > 0 && (
        <nav className={styles.nav} aria-label={look.mainNavigation}>
          <ul>
            {nav.map(({ id, label, href, icon: Icon, current, count = 0 }) => (
              <li key={id}>
                <a href={href} aria-current={current ? "page" : undefined} onClick={follow(href)}>
                  <Icon size={24} stroke={1.7} aria-hidden />
                  <span>{label}</span>
                  {count > 0 && <span className={styles.badge}>{look.count(count)}</span>}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <main id="main" tabIndex={-1} className={styles.main}>
        {banner}
        {children}
      </main>
    </div>
  );
}
