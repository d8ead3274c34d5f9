"""Who owns things. The only tables that other rooms may share."""

from accounts.models.account import Account, Connection, TenantModel
from accounts.models.api_key import ApiKey, KeyKind
from accounts.models.approvals import ApprovalRequest, ApprovalRule
from accounts.models.audit import AuditEvent, AuditLeaf, AuditSeal
from accounts.models.configuration import ConfigurationVersion
from accounts.models.files import File, FileChunk, FileLink
from accounts.models.invitations import Invitation
from accounts.models.key_use import KeyUse
from accounts.models.letters import Letter, Mailing
from accounts.models.oauth import (
    OAuthAccessToken,
    OAuthApplication,
    OAuthGrant,
    OAuthIDToken,
    OAuthProfile,
    OAuthPushedRequest,
    OAuthRefreshToken,
)
from accounts.models.security import SecurityAlarm, SecurityBaseline, SecurityPlace
from accounts.models.sessions import Session
from accounts.models.user import Membership, RoleChange, User

__all__ = [
    "Account",
    "ApiKey",
    "ApprovalRequest",
    "ApprovalRule",
    "AuditEvent",
    "AuditLeaf",
    "AuditSeal",
    "ConfigurationVersion",
    "Connection",
    "File",
    "FileChunk",
    "FileLink",
    "Invitation",
    "KeyKind",
    "KeyUse",
    "Letter",
    "Mailing",
    "Membership",
    "OAuthAccessToken",
    "OAuthApplication",
    "OAuthGrant",
    "OAuthIDToken",
    "OAuthProfile",
    "OAuthPushedRequest",
    "OAuthRefreshToken",
    "RoleChange",
    "SecurityAlarm",
    "SecurityBaseline",
    "SecurityPlace",
    "Session",
    "TenantModel",
    "User",
]
