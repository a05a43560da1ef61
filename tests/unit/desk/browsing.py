"""A browser without a screen: it keeps cookies, follows what it is sent to, and sends forms as pages give them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import httpx
from starlette.types import ASGIApp

BASE = "http://127.0.0.1"
_TOKEN = re.compile(r'name="token" value="([^"]+)"')


class Browser:
    """One session with a desk."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.cookies = app, httpx.Cookies()

    def ask(self, method: str, address: str, **more: Any) -> httpx.Response:
        """One request; cookies are kept."""
        return asyncio.run(self._ask(method, address, more))

    async def _ask(self, method: str, address: str, more: Mapping[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(
            transport=transport, base_url=BASE, cookies=self.cookies, follow_redirects=True
        ) as client:
            answer = await client.request(method, address, **more)
            self.cookies = client.cookies
            return answer

    def get(self, address: str, **more: Any) -> httpx.Response:
        """A page."""
        return self.ask("GET", address, **more)

    def send(self, address: str, form: Mapping[str, str], files: Any = None, page: str = "/") -> httpx.Response:
        """A form with the token of the session, as `page` has it."""
        found = _TOKEN.search(self.get(page).text)
        token = {"token": found.group(1)} if found else {}
        return self.ask("POST", address, data={**token, **form}, files=files)
