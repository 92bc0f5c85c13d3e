import json
import smtplib
import socket
import urllib.error
import urllib.request
from email.message import EmailMessage

import pytest

from motcua.sandboxes.mailbox import Mailbox, Server


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path, host="127.0.0.1", smtp_port=free_port(), web_port=0)
    server.start()
    yield server
    server.stop()


def send(
    server, *, to="an@motcua.example", subject="Tiếp nhận hồ sơ", text="Kính gửi Ông/Bà", html=None, file=None
):
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "Cổng Dịch vụ công <cong@motcua.example>", to
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    if file:
        mail.add_attachment(file, maintype="application", subtype="pdf", filename="biên nhận.pdf")
    with smtplib.SMTP("127.0.0.1", server._smtp.port) as smtp:
        smtp.send_message(mail)


def get(server, path):
    with urllib.request.urlopen(server.web_address + path) as answer:
        return answer.read()


def messages(server, query=""):
    return json.loads(get(server, "/messages.json" + query))["messages"]


def test_a_mail_that_comes_by_smtp_is_shown_in_vietnamese(server):
    send(server)

    (mail,) = messages(server)
    page = get(server, f"/thu/{mail['id']}/").decode()

    assert mail["to"] == ["an@motcua.example"]
    assert mail["from"] == "Cổng Dịch vụ công <cong@motcua.example>"
    assert "Tiếp nhận hồ sơ" in get(server, "/").decode()
    assert "Kính gửi Ông/Bà" in page
    assert "thư ở đây không được gửi ra ngoài" in page


def test_the_newest_is_first_and_recipients_can_be_searched(server):
    send(server, subject="Thư một")
    send(server, subject="Thư hai", to="binh@motcua.example")
    send(server, subject="Thư ba")

    assert [mail["subject"] for mail in messages(server)] == ["Thư ba", "Thư hai", "Thư một"]
    assert [mail["subject"] for mail in messages(server, "?to=BINH")] == ["Thư hai"]
    assert "Thư một" not in get(server, "/?to=binh").decode()


def test_a_restart_keeps_the_mails(server, tmp_path):
    send(server)

    assert [mail.subject for mail in Mailbox(tmp_path).newest()] == ["Tiếp nhận hồ sơ"]


def test_addresses_in_the_text_are_links_and_everything_else_is_only_text(server):
    send(server, text='<script>alert(1)</script> Mở http://127.0.0.1:8000/x?a=1&b="2" rồi đăng nhập.')

    (mail,) = messages(server)
    page = get(server, f"/thu/{mail['id']}/").decode()

    assert "<script>" not in page
    assert 'href="http://127.0.0.1:8000/x?a=1&amp;b="' in page


def test_html_is_shown_apart_and_may_run_nothing(server):
    send(server, html="<p>Kính gửi</p><script>alert(1)</script>")

    (mail,) = messages(server)
    with urllib.request.urlopen(f"{server.web_address}/thu/{mail['id']}/noi-dung.html") as answer:
        rules = answer.headers["Content-Security-Policy"]

    assert "sandbox" in rules and "script-src" not in rules and "default-src 'none'" in rules
    assert "<iframe" in get(server, f"/thu/{mail['id']}/").decode()


def test_an_attachment_can_be_taken_out(server):
    send(server, file=b"%PDF-1.7 abc")

    (mail,) = messages(server)
    (attachment,) = mail["attachments"]

    assert attachment["name"] == "biên nhận.pdf"
    assert get(server, attachment["url"]) == b"%PDF-1.7 abc"


@pytest.mark.parametrize(
    "path", ["/x", "/thu/1-ab/", "/thu/..%2F..%2Fetc/", "/thu/1-ab/tep/1", "/thu/1-ab/tep/0"]
)
def test_what_is_not_there_is_said_to_be_not_there(server, path):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        get(server, path)

    assert refusal.value.code == 404
