"""canaille over a database in a file, and one client of it that has a token already."""

import datetime as dt
import sys
import tempfile

from canaille import create_app
from canaille.app import models
from werkzeug.serving import make_server

database = f"sqlite:///{tempfile.mkdtemp()}/canaille.sqlite"
app = create_app(
    {
        "SECRET_KEY": "none",
        "CANAILLE_SQL": {"DATABASE_URI": database},
        "CANAILLE_OIDC": {},
        "CANAILLE_SCIM": {},
    },
    init_backend=True,
)
with app.app_context(), app.backend.session():
    client = models.Client(client_id="okta", client_name="Okta")
    app.backend.save(client)
    today = dt.datetime.now(dt.UTC)
    token = models.Token(
        access_token=sys.argv[1], client=client, scope=["openid"], issue_date=today, lifetime=86400
    )
    app.backend.save(token)
server = make_server("127.0.0.1", 0, app, threaded=True)
print(f"http://127.0.0.1:{server.server_port}/scim/v2", flush=True)
server.serve_forever()
