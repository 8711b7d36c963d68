"""What a page asks for, found by what pages have in common: one script, run in every frame.

Types and autocomplete hints first, then the words of names and labels in English and Chinese, then
the order of fields. The script marks what it found (`data-lgw`) and answers what it sees; it reads
no values but whether they are empty.
"""

from dataclasses import dataclass
from typing import Any, Final

MARKED: Final = "[data-lgw='{}']"

LOOK: Final = r"""
(chosen) => {
  const words = {
    user: /user|login|account|e-?mail|phone|mobile|name|用户|账号|帐号|账户|手机|邮箱|登录名/i,
    search: /search|query|^q$|搜索/i,
    code: new RegExp('otp|totp|authenticator|\\bcode\\b|captcha|2fa|mfa|two.?factor|one.?time|verif'
      + '|sms|passcode|动态|短信|验证码|校验码', 'i'),
    captcha: /captcha|验证码|图形|校验码/i,
    sms: /sms|otp|totp|2fa|mfa|two.?factor|one.?time|authenticator|短信|手机验证|动态|邮箱验证/i,
    submit: new RegExp('^\\s*(sign.?in|log.?in|log.?on|continue|next|submit|proceed|verify|enter'
      + '|登\\s*录|登\\s*陆|下一步|继续|确定|确认|提交|进\s*入)', 'i'),
    other: new RegExp('google|github|facebook|apple|microsoft|wechat|微信|支付宝|qq|sso|passkey'
      + '|forgot|register|sign.?up|忘记|注册|扫码', 'i'),
    tab: /password|密码登录|账号登录|账号密码|account login/i,
    way: new RegExp('^(立即|马上|去|前往|点击|请)?(sign.?in|log.?in|log.?on|continue in|登\\s*录'
      + '|登\\s*陆|继续登录|账号登录)', 'i'),
    provider: new RegExp('google|github|facebook|apple|microsoft|wechat|微信|支付宝|qq|sso|passkey'
      + '|扫码|钉钉', 'i'),
    terms: /agree|accept|consent|terms|privacy|polic(y|ies)|同意|已阅读|协议|条款|隐私/i,
    extras: new RegExp('offers?\\b|news|marketing|promot|subscri|remember|keep me|stay signed|trust'
      + '|推广|营销|订阅|记住|自动登录|保持登录|免登录', 'i'),
    unagreed: new RegExp('(请|须|需)[^。\\n]{0,12}(勾选|同意)'
      + '|(please|must|need to|have to)[^.\\n]{0,30}\\b(agree|accept|tick|check the)', 'i'),
    consent: new RegExp('^(同意(并(登录|继续))?|(i )?agree( (and|&) (continue|log.?in|sign.?in))?'
      + '|accept (and|&) (continue|log.?in|sign.?in))$', 'i'),
    wrong: new RegExp('incorrect|invalid|wrong|failed|denied|not (match|recogni|found|exist|valid)'
      + '|错误|不正确|有误|不存在|失败', 'i'),
  };
  const visible = (e) => {
    if (!e || !e.isConnected || e.disabled) return false;
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    // Fields for robots lie beyond the page's edges, where nobody can scroll to.
    if (box.right + scrollX <= 0 || box.bottom + scrollY <= 0) return false;
    return box.width > 1 && box.height > 1 && style.visibility !== 'hidden'
      && style.display !== 'none' && parseFloat(style.opacity || '1') > 0.05;
  };
  const all = (css, root) => {
    const found = [...(root || document).querySelectorAll(css)];
    for (const e of (root || document).querySelectorAll('*'))
      if (e.shadowRoot) found.push(...all(css, e.shadowRoot));
    return found;
  };
  const label = (e) => [e.name, e.id, e.placeholder, e.title, e.getAttribute('aria-label'),
    e.labels ? [...e.labels].map((l) => l.innerText).join(' ') : ''].join(' ');
  const hint = (e) => (e.getAttribute('autocomplete') || '').toLowerCase();
  const text = (e) => (e.innerText || e.value || e.getAttribute('aria-label') || '').trim();
  for (const e of all('[data-lgw]')) e.removeAttribute('data-lgw');
  const mark = (e, name) => { if (e) e.setAttribute('data-lgw', name); return !!e; };
  const own = (css) => {
    try { return css ? all(css).find(visible) : null; } catch { return null; }
  };

  const inputs = all('input').filter((e) => visible(e) && !e.readOnly);
  const typed = inputs.filter((e) => ['text', 'email', 'tel', 'number', ''].includes(e.type)
    || !e.hasAttribute('type'));
  const password = own(chosen.password)
    || inputs.find((e) => hint(e).includes('current-password'))
    || inputs.find((e) => e.type === 'password' && !hint(e).includes('new-password')
        && !words.code.test(label(e)));
  const isCode = (e) => hint(e).includes('one-time-code') || words.code.test(label(e));
  const plain = typed.filter((e) => !isCode(e) && !words.search.test([e.name, e.id, e.type,
    e.getAttribute('role')].join(' ')));
  const form = password && password.form;
  const near = form ? plain.filter((e) => e.form === form) : plain;
  const before = password ? near.filter((e) =>
    e.compareDocumentPosition(password) & Node.DOCUMENT_POSITION_FOLLOWING) : near;
  const username = own(chosen.username)
    || near.find((e) => /username|email/.test(hint(e)))
    || near.find((e) => e.type === 'email')
    || near.find((e) => words.user.test(label(e)))
    || (password ? before[before.length - 1] : (plain.length === 1 ? plain[0] : null)) || null;

  const anchor = password || username;
  const scope = anchor && anchor.form;
  const buttons = all('button, input[type=submit], input[type=image], input[type=button],'
    + ' [role=button], a').filter(visible);
  const inForm = scope ? buttons.filter((e) => e.form === scope || scope.contains(e)) : buttons;
  const good = (e) => !words.other.test(text(e));
  const submit = own(chosen.submit)
    || inForm.find((e) => e.type === 'submit' && e.tagName !== 'A' && good(e))
    || inForm.find((e) => e.type === 'image')
    || inForm.find((e) => words.submit.test(text(e)) && good(e))
    || buttons.find((e) => words.submit.test(text(e)) && good(e) && e.tagName !== 'A')
    || null;
  const tab = !password && !username
    ? buttons.concat(all('[role=tab], li, span, div').filter((e) => visible(e)
        && e.children.length === 0 && text(e).length < 30)).find((e) => words.tab.test(text(e))
        && !/forgot|reset|忘记|重置/i.test(text(e))) : null;

  const way = !password && !username ? buttons.find((e) => words.way.test(text(e))
    && text(e).length < 30 && !words.provider.test(text(e))) : null;

  // Boxes of agreements: often drawn by styles, with the real one hidden; the words stand in its
  // label or beside it.
  const beside = (e) => {
    const own = [label(e), e.parentElement ? e.parentElement.innerText : ''].join(' ').trim();
    const up = e.parentElement && e.parentElement.parentElement;
    return own || (up && up.innerText.length < 200 ? up.innerText : '');
  };
  const shown = (e) => visible(e) || [...(e.labels || [])].some(visible)
    || visible(e.parentElement);
  const boxesToTick = all('input[type=checkbox], [role=checkbox]').filter((e) => !e.disabled
    && shown(e) && !(e.tagName === 'INPUT' ? e.checked : e.getAttribute('aria-checked') === 'true')
    && (!scope || scope.contains(e) || e.form === scope || words.terms.test(beside(e))));
  const agreement = password || username ? boxesToTick.find((e) => !words.extras.test(beside(e))
    && (e.required || words.terms.test(beside(e)))) : null;
  const consent = buttons.find((e) => words.consent.test(text(e)));

  const codes = typed.concat(inputs.filter((e) => e.type === 'password')).filter(isCode);
  const boxes = typed.filter((e) => e.maxLength === 1);
  const heading = (document.body ? document.body.innerText : '').slice(0, 4000);
  const secondFactor = (codes.length > 0 && codes.some((e) => hint(e).includes('one-time-code')
      || words.sms.test(label(e)) || (!password && words.sms.test(heading))))
    || (boxes.length >= 4 && !password);
  const widgets = all('iframe, [class*=captcha i], [id*=captcha i], [class*=geetest i],'
    + ' [id^=nc_], [class*=nc_wrapper i], [class*=slider-verify i], [class*=turnstile i]')
    .filter((e) => visible(e) && !e.closest('.grecaptcha-badge')
      && e.getBoundingClientRect().height > 24
      && (e.tagName !== 'IFRAME'
        || /captcha|turnstile|geetest|arkose|funcaptcha|challenge/i.test(e.src || '')));
  const captcha = widgets.length > 0 || (codes.length > 0 && !secondFactor
    && codes.some((e) => words.captcha.test(label(e))))
    || (codes.length > 0 && !secondFactor && !!password);
  const named = own(chosen.error);
  const errors = named ? [named] : all('[role=alert], [aria-live=assertive],'
    + ' [class*=error i], [class*=alert i], [class*=invalid i], [id*=error i], [class*=message i],'
    + ' [class*=warning i]').filter((e) => visible(e) && words.wrong.test(text(e)));
  const complains = words.wrong.test(heading);
  const wrong = errors.length > 0 || (!!password && !password.value && complains);
  return {
    complains,
    username: mark(username, 'username'), password: mark(password, 'password'),
    submit: mark(submit, 'submit'), tab: mark(tab, 'tab'), way: mark(way, 'way'),
    agreement: mark(agreement, 'agreement'), consent: mark(consent, 'consent'),
    unagreed: words.unagreed.test(heading),
    usernameEmpty: !!username && !username.value, passwordEmpty: !!password && !password.value,
    captcha, secondFactor: secondFactor || (codes.length > 0 && !password && !captcha), wrong,
  };
}
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one frame shows."""

    username: bool = False
    password: bool = False
    submit: bool = False
    tab: bool = False
    way: bool = False
    """A link or button that may lead to the form."""
    agreement: bool = False
    """A box of an agreement that is not ticked yet."""
    consent: bool = False
    """A button that agrees."""
    unagreed: bool = False
    """The page says that something was not agreed to."""
    username_empty: bool = False
    password_empty: bool = False
    captcha: bool = False
    second_factor: bool = False
    wrong: bool = False
    complains: bool = False
    """There are words of failure somewhere, which may be about anything."""

    @property
    def form(self) -> bool:
        """Something can be filled in here."""
        return self.username or self.password


def read_seen(value: Any) -> Seen:
    """The script's answer; nothing is seen where it could not run."""
    if not isinstance(value, dict):
        return Seen()

    def yes(name: str) -> bool:
        return value.get(name) is True

    return Seen(
        username=yes("username"),
        password=yes("password"),
        submit=yes("submit"),
        tab=yes("tab"),
        way=yes("way"),
        agreement=yes("agreement"),
        consent=yes("consent"),
        unagreed=yes("unagreed"),
        username_empty=yes("usernameEmpty"),
        password_empty=yes("passwordEmpty"),
        captcha=yes("captcha"),
        second_factor=yes("secondFactor"),
        wrong=yes("wrong"),
        complains=yes("complains"),
    )
