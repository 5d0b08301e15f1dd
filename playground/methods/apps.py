"""oauth.v2.access, auth.*, apps.*: how an app gets its tokens, who it is with them, and how it goes."""

from hmac import compare_digest

from playground.args import Args
from playground.desk import Desk, method
from playground.errors import SlackError
from playground.things import Json
from playground.tokens import ROTATED_LIFE, Token


@method("oauth.v2.access", tier=0, by="nobody")
def access(desk: Desk, args: Args) -> Json:
    check_client(desk, args)
    match args.text("grant_type", "authorization_code"):
        case "authorization_code":
            return _installed(desk, args)
        case "refresh_token":
            token = desk.tokens.renew(args.need("refresh_token", "invalid_refresh_token"))
            return _answer(desk) | _told(desk, token)
        case _:
            raise SlackError("invalid_grant_type")


def _installed(desk: Desk, args: Args) -> Json:
    grant = desk.tokens.redeem(args.need("code", "invalid_code"), args.text("redirect_uri"))
    desk.install()
    answer = _answer(desk)
    if grant.scopes:
        token = desk.tokens.make("bot", grant.scopes, grant.person, rotated=desk.rotates)
        answer |= _told(desk, token)
    user: Json = {"id": grant.person}
    if grant.user_scopes:
        token = desk.tokens.make("user", grant.user_scopes, grant.person, rotated=desk.rotates)
        user |= _told(desk, token)
        user["token_type"] = "user"  # noqa: S105 - a kind, no secret
        user.pop("bot_user_id", None)
    return answer | {"authed_user": user}


def _answer(desk: Desk) -> Json:
    workspace = desk.store.workspace
    return {
        "ok": True,
        "app_id": workspace.app_id,
        "team": {"id": workspace.team_id, "name": workspace.team_name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _told(desk: Desk, token: Token) -> Json:
    shown: Json = {
        "access_token": token.text,
        "token_type": token.kind,
        "scope": ",".join(sorted(token.scopes or ())),
        "bot_user_id": desk.store.bot,
    }
    if token.expires is not None:
        seconds = int(ROTATED_LIFE.total_seconds())
        shown |= {"expires_in": seconds, "refresh_token": desk.tokens.refresh_for(token)}
    return shown


def check_client(desk: Desk, args: Args) -> None:
    workspace = desk.store.workspace
    if args.need("client_id", "invalid_client_id") != workspace.client_id:
        raise SlackError("invalid_client_id")
    if not compare_digest(args.text("client_secret"), workspace.client_secret):
        raise SlackError("bad_client_secret")


@method("auth.test", tier=0, by="bot user")
def auth_test(desk: Desk, _: Args) -> Json:
    workspace, caller = desk.store.workspace, desk.caller
    shown: Json = {
        "ok": True,
        "url": f"{desk.url}/",
        "team": workspace.team_name,
        "team_id": workspace.team_id,
        "is_enterprise_install": False,
    }
    if caller is not None and caller.kind == "user":
        return shown | {"user": desk.store.people[caller.person].handle, "user_id": caller.person}
    bot = {"user": workspace.bot_handle, "user_id": workspace.bot_user_id, "bot_id": workspace.bot_id}
    return shown | bot


@method("auth.revoke", tier=3, by="bot user")
def revoke(desk: Desk, args: Args) -> Json:
    """End the token that is called with; the app is told, and with its last bot token it is out."""
    caller = desk.caller
    if args.flag("test") or caller is None:
        return {"ok": True, "revoked": False}
    caller.dead = "token_revoked"
    bot = [desk.store.bot] if caller.kind == "bot" else []
    desk.tell({"type": "tokens_revoked", "tokens": {"oauth": [] if bot else [caller.person], "bot": bot}})
    if bot and not desk.tokens.of("bot"):
        desk.uninstall()
        desk.tell({"type": "app_uninstalled"})
    return {"ok": True, "revoked": True}


@method("apps.uninstall", tier=1)
def uninstall(desk: Desk, args: Args) -> Json:
    check_client(desk, args)
    for event in desk.uninstall():
        desk.tell(event)
    return {"ok": True}


@method("apps.connections.open", "connections:write", tier=3, by="app")
def open_connection(desk: Desk, _: Args) -> Json:
    return {"ok": True, "url": desk.outbound.sockets.invite(desk.url)}


@method("api.test", tier=0, by="nobody")
def api_test(_: Desk, args: Args) -> Json:
    if args.get("error"):
        raise SlackError(args.text("error"))
    return {"ok": True, "args": dict(args)}
