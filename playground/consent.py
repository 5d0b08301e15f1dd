"""The page on which a person lets an app into the workspace: OAuth v2, as the browser sees it."""

from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit

from aiohttp import web

from playground.desk import Desk
from playground.errors import NotOnScreen
from playground.things import Json

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{app} wants to come into {team}</title>
<link rel="stylesheet" href="/page/base.css"><link rel="stylesheet" href="/page/forms.css"></head>
<body class="consent"><main class="tools"><h1>{app} wants to come into {team}</h1>
<p>It will be able to:</p><ul>{scopes}</ul>
<form method="post" class="stack"><label class="line"><span>You are</span><select name="person">{people}</select></label>
<div class="actions"><button name="answer" value="no">Cancel</button>
<button name="answer" value="yes" class="primary">Allow</button></div></form></main></body></html>
"""
CSP = {"Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'"}


class Consent:
    """Serves /oauth/v2/authorize, and says yes for tests."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/oauth/v2/authorize", self.page)
        app.router.add_post("/oauth/v2/authorize", self.answered)

    async def page(self, request: web.Request) -> web.StreamResponse:
        query = dict(request.query)
        try:
            scopes = [*_names(query, "scope"), *_names(query, "user_scope")]
            self._check(query)
        except NotOnScreen as error:
            return web.Response(status=400, text=str(error))
        workspace = self.desk.store.workspace
        may = [one for one in self.desk.store.people.values() if not (one.deactivated or one.external)]
        text = PAGE.format(
            app=escape(workspace.bot_name),
            team=escape(workspace.team_name),
            scopes="".join(f"<li>{escape(one)}</li>" for one in scopes),
            people="".join(f'<option value="{one.id}">{escape(one.real_name)}</option>' for one in may),
        )
        return web.Response(text=text, content_type="text/html", headers=CSP)

    async def answered(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        yes = form.get("answer") == "yes"
        raise web.HTTPFound(await self.allows(str(form.get("person", "")), str(request.url), yes=yes))

    async def allows(self, person: str, url: str, *, yes: bool = True) -> str:
        """Answer the app's authorize address as this person; gives where the browser is led to."""
        query = dict(parse_qsl(urlsplit(url).query))
        redirect_uri = self._check(query)
        state = {"state": query["state"]} if "state" in query else {}
        if not yes:
            return f"{redirect_uri}?{urlencode({'error': 'access_denied', **state})}"
        code = self.desk.tokens.code(
            person=self.desk.store.person(person).id,
            scopes=frozenset(_names(query, "scope")),
            user_scopes=frozenset(_names(query, "user_scope")),
            redirect_uri=query.get("redirect_uri", ""),
        )
        return f"{redirect_uri}?{urlencode({'code': code, **state})}"

    def _check(self, query: Json) -> str:
        """Give where to go afterwards: only to what the manifest names, if it names any."""
        if query.get("client_id") != self.desk.store.workspace.client_id:
            raise NotOnScreen("invalid client_id parameter")
        asked = frozenset([*_names(query, "scope"), *_names(query, "user_scope")])
        if not asked:
            raise NotOnScreen("no scopes requested")
        scopes = self.desk.manifest.get("oauth_config", {}).get("scopes", {})
        known = {one for kind in scopes.values() for one in kind}
        if known and not asked <= known:
            raise NotOnScreen(f"invalid scope requested: {', '.join(sorted(asked - known))}")
        urls: list[str] = self.desk.manifest.get("oauth_config", {}).get("redirect_urls", [])
        redirect_uri = str(query.get("redirect_uri") or (urls or [""])[0])
        allowed = not urls or any(redirect_uri.startswith(one) for one in urls)
        if not allowed or not redirect_uri.startswith(("https://", "http://localhost", "http://127.0.0.1")):
            raise NotOnScreen("redirect_uri did not match any configured URIs")
        return redirect_uri


def _names(query: Json, key: str) -> list[str]:
    return [one for one in query.get(key, "").replace(" ", ",").split(",") if one]
