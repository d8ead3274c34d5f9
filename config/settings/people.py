"""How operators log in."""

import environ

env = environ.Env()

AUTHENTICATION_BACKENDS = [
    # First, for what it does not permit no other is asked.
    "accounts.permissions.RolesBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
# For one's own machine: operators work without a second factor, and are asked for none again.
ADMIN_WITHOUT_MFA = env.bool("RIALTO_ADMIN_WITHOUT_MFA", default=False)
ACCOUNT_ADAPTER = "accounts.people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
# After five wrong passwords or codes nobody gets in for a quarter of an hour.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "20/m/ip,5/15m/key"}
MFA_ADAPTER = "accounts.people.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Rialto"
# Clocks of telephones go a little wrong.
MFA_TOTP_TOLERANCE = 1
