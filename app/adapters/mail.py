"""Mail to those who left an address: written from a template, handed to a folder or to an SMTP server."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.adapters.words import catalogue

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates" / "mail"
TIMEOUT_S = 20


class MailFailed(OSError):
    """The mail could not be handed over now; it may be tried again."""


@dataclass(frozen=True)
class Letter:
    """One mail. `key` names it for ever, so that sending it twice leaves one file or one Message-ID."""

    key: str
    to: str
    subject: str
    body: str


class Mail(Protocol):
    """Something that takes letters."""

    def send(self, letter: Letter) -> None:
        """Hand one letter over, or raise MailFailed."""


def compose(key: str, to: str, lang: str, template: str, values: Mapping[str, Any]) -> Letter:
    """Write a letter from templates/mail/TEMPLATE.txt; its first line is the subject."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, extensions=["jinja2.ext.i18n"],
        autoescape=False, trim_blocks=True, lstrip_blocks=True,  # noqa: S701  (plain text, no HTML)
    )  # fmt: skip
    env.install_gettext_translations(catalogue(lang), newstyle=True)  # type: ignore[attr-defined]
    subject, _, body = env.get_template(f"{template}.txt").render(values).strip().partition("\n")
    return Letter(key, to, " ".join(subject.split()), body.strip() + "\n")


def open_mail(url: str, sender: str) -> Mail:
    """Return the mail that MAIL_URL names: `file://FOLDER`, `smtp://[user:password@]host[:port][?starttls=1]`, `smtps://…`."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderMail(Path(unquote(parts.path)), sender)
    if parts.scheme in {"smtp", "smtps"}:
        return SmtpMail(url, sender)
    raise ValueError("MAIL_URL must begin with file://, smtp:// or smtps://")


def _message(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message["Message-ID"] = f"<{letter.key}@ljuspunkt>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message


class FolderMail:
    """Writes each letter as a file, for trying out and for tests."""

    def __init__(self, folder: Path, sender: str) -> None:
        self.folder, self.sender = folder, sender

    def send(self, letter: Letter) -> None:
        """Write the letter to a file named by its key; the same letter twice is one file."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary = self.folder / f".{letter.key}.tmp"
            temporary.write_bytes(bytes(_message(letter, self.sender)))
            temporary.replace(self.folder / f"{letter.key}.eml")
        except OSError as error:
            raise MailFailed(str(error)) from error


class SmtpMail:
    """Hands letters to an SMTP server."""

    def __init__(self, url: str, sender: str) -> None:
        self.parts, self.sender = urlsplit(url), sender

    def send(self, letter: Letter) -> None:
        """Deliver over SMTP, with TLS when the address asks for it."""
        secure = self.parts.scheme == "smtps"
        make = smtplib.SMTP_SSL if secure else smtplib.SMTP
        try:
            with make(
                self.parts.hostname or "localhost", self.parts.port or (465 if secure else 25), timeout=TIMEOUT_S
            ) as smtp:
                if parse_qs(self.parts.query).get("starttls") == ["1"]:
                    smtp.starttls()
                if self.parts.username:
                    smtp.login(unquote(self.parts.username), unquote(self.parts.password or ""))
                smtp.send_message(_message(letter, self.sender))
        except (OSError, smtplib.SMTPException) as error:
            raise MailFailed(str(error)) from error
