"""The services of one application, built from its settings by `create_app` and kept with the application."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from flask import Flask, current_app

from tutoring.accounts.sign_ins.local_network import Encryption
from tutoring.community import queries as community
from tutoring.config import Settings
from tutoring.kernel import services
from tutoring.kernel.audit import AuditKey
from tutoring.kernel.audit_anchors import AnchorFile
from tutoring.kernel.content_folder import ContentFolder
from tutoring.kernel.encryption import FieldKey
from tutoring.kernel.file_storage import FileStorage
from tutoring.kernel.held_roles import HeldRoles
from tutoring.kernel.logs import Pseudonyms
from tutoring.kernel.mail import OutgoingMail
from tutoring.kernel.monitoring.heartbeat import OutsideMonitor
from tutoring.kernel.rate_limits import RateLimits
from tutoring.notifications.channels.push.channel import PushKey
from tutoring.openid.provider_client import ProviderMemory
from tutoring.privacy.tombstones import TombstoneFile
from tutoring.safety.screening import OwnHosts

KEY = "tutoring"  # in app.extensions


@dataclass(frozen=True)
class Services:
    """What the settings of one application decide outside its database: keys, files, counters and ways out.

    Each field has a class of its own, by which modules find it (kernel/services.py).
    """

    field_key: FieldKey
    audit_key: AuditKey
    anchor_file: AnchorFile
    pseudonyms: Pseudonyms
    file_storage: FileStorage
    tombstone_file: TombstoneFile
    content_folder: ContentFolder
    rate_limits: RateLimits
    own_hosts: OwnHosts
    outgoing_mail: OutgoingMail
    push_key: PushKey
    outside_monitor: OutsideMonitor
    held_roles: HeldRoles
    provider_memory: ProviderMemory
    encryption: Encryption
    by_class: Mapping[type[Any], Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        found = [getattr(self, one.name) for one in fields(self) if one.init]
        object.__setattr__(self, "by_class", {type(one): one for one in found})


def build(settings: Settings) -> Services:
    """Builds the services for these settings."""
    return Services(
        field_key=FieldKey(settings.field_key, *settings.field_key_fallbacks, index=settings.index_key),
        audit_key=AuditKey(settings.audit_key, *settings.audit_key_fallbacks),
        anchor_file=AnchorFile(settings.audit_anchors, settings.audit_mail),
        pseudonyms=Pseudonyms(settings.secret_key),
        file_storage=FileStorage(settings.media),
        tombstone_file=TombstoneFile(settings.tombstones),
        content_folder=ContentFolder(Path(settings.content)),
        rate_limits=RateLimits(settings.redis_url, settings.limits_scale, settings.redis_prefix),
        own_hosts=OwnHosts(settings.hosts),
        outgoing_mail=OutgoingMail(settings.smtp_url, settings.mail_from),
        push_key=PushKey(settings.vapid_key, settings.vapid_subject, settings.push_loopback),
        outside_monitor=OutsideMonitor(settings.heartbeat_url),
        held_roles=HeldRoles(community.roles_of),
        provider_memory=ProviderMemory(),
        encryption=Encryption(settings.https or settings.loopback or not settings.local_network),
    )


# The proxy's own attributes would cost forty times as much, in text screening and encryption too.
_running_application: Callable[[], Flask] = current_app._get_current_object  # type: ignore[attr-defined]


def find_services() -> Mapping[type[Any], Any]:
    """Returns the services of the application whose context is active, by class."""
    found: Services = _running_application().extensions[KEY]
    return found.by_class


services.find_with(find_services)
