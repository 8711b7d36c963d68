<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AccountCard</name>
    <message>
        <source>Sign in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>In the system browser</source>
        <translation>用系统浏览器</translation>
    </message>
    <message>
        <source>With a password…</source>
        <translation>使用密码…</translation>
    </message>
    <message>
        <source>Show the instances</source>
        <translation>查看实例</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Switch account…</source>
        <translation>切换账号…</translation>
    </message>
    <message>
        <source>Sign out…</source>
        <translation>退出登录…</translation>
    </message>
    <message>
        <source>Forget the password</source>
        <translation>忘记此密码</translation>
    </message>
    <message>
        <source>Waiting for the system&apos;s key store, where the password is kept. Unlock it in the window that asks for its password.</source>
        <translation>正在等待系统密钥库（密码保存在其中）。请在要求输入其密码的窗口中解锁。</translation>
    </message>
    <message>
        <source>Its program does not run yet. Signing in is possible once it does.</source>
        <translation>其程序尚未运行，运行后即可登录。</translation>
    </message>
    <message>
        <source>Its program does not run. The health page says why and starts it.</source>
        <translation>其程序没有运行。运行状况页面会说明原因，并可在那里启动。</translation>
    </message>
    <message>
        <source>Sign {name} out and sign in with another account?</source>
        <translation>让 {name} 退出登录，并用另一个账号登录？</translation>
    </message>
    <message>
        <source>Switch account</source>
        <translation>切换账号</translation>
    </message>
    <message>
        <source>Its answers stop until the other account is signed in.</source>
        <translation>在另一个账号登录之前，它不会回答。</translation>
    </message>
    <message>
        <source>Sign {name} out?</source>
        <translation>让 {name} 退出登录？</translation>
    </message>
    <message>
        <source>Sign out</source>
        <translation>退出登录</translation>
    </message>
    <message>
        <source>Its answers stop until somebody signs in again.</source>
        <translation>在有人重新登录之前，它不会回答。</translation>
    </message>
</context>
<context>
    <name>AccountRow</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>Cancel: {name}</source>
        <translation>取消：{name}</translation>
    </message>
    <message>
        <source>Sign in: {name}</source>
        <translation>登录：{name}</translation>
    </message>
    <message>
        <source>Go on in the browser that has opened.</source>
        <translation>请在打开的浏览器中继续。</translation>
    </message>
</context>
<context>
    <name>Accounts</name>
    <message>
        <source>No browser could be opened. Copy the address into a browser, here or on another machine.</source>
        <translation>无法打开浏览器。请把地址复制到本机或另一台机器的浏览器中。</translation>
    </message>
    <message>
        <source>Not signed in</source>
        <translation>未登录</translation>
    </message>
    <message>
        <source>The login command runs</source>
        <translation>登录命令正在运行</translation>
    </message>
    <message>
        <source>Waiting for the browser</source>
        <translation>等待浏览器</translation>
    </message>
    <message>
        <source>Signing in…</source>
        <translation>正在登录…</translation>
    </message>
    <message>
        <source>You are needed</source>
        <translation>需要您操作</translation>
    </message>
    <message>
        <source>Demo</source>
        <translation>演示</translation>
    </message>
    <message>
        <source>Signed in</source>
        <translation>已登录</translation>
    </message>
    <message>
        <source>Sign-in failed</source>
        <translation>登录失败</translation>
    </message>
    <message>
        <source>Sign-in expired</source>
        <translation>登录已过期</translation>
    </message>
    <message>
        <source>Sign-in cancelled</source>
        <translation>登录已取消</translation>
    </message>
    <message>
        <source>Sign in with the agent&apos;s own command. Its output is shown here.</source>
        <translation>用智能体自己的命令登录，其输出会显示在这里。</translation>
    </message>
    <message>
        <source>Sign in with the program itself to use its models.</source>
        <translation>请在该程序中登录，然后即可使用它的模型。</translation>
    </message>
    <message>
        <source>Sign in to use its models.</source>
        <translation>登录后即可使用其模型。</translation>
    </message>
    <message>
        <source>Follow what the agent&apos;s command says below.</source>
        <translation>请按照下方智能体命令的提示操作。</translation>
    </message>
    <message>
        <source>Finish the sign-in in the browser. If it runs on another machine, paste the address it ends at below.</source>
        <translation>请在浏览器中完成登录。如果浏览器在另一台机器上，请把最后的地址粘贴到下方。</translation>
    </message>
    <message>
        <source>This takes a moment. There is nothing to do.</source>
        <translation>请稍候，无需任何操作。</translation>
    </message>
    <message>
        <source>The site wants something only a person can do. Finish it in the browser&apos;s window if one is open; else cancel and sign in with a browser.</source>
        <translation>网站要求的操作只能由本人完成。如果浏览器窗口已打开，请在其中完成；否则请取消，再用浏览器登录。</translation>
    </message>
    <message>
        <source>The demo needs no account: it makes its answers up.</source>
        <translation>演示不需要账号：它的回答是编造的。</translation>
    </message>
    <message>
        <source>Try again, or take another way to sign in.</source>
        <translation>请重试，或换一种登录方式。</translation>
    </message>
    <message>
        <source>Sign in again to use its models.</source>
        <translation>重新登录后即可继续使用其模型。</translation>
    </message>
    <message>
        <source>Nothing has changed. Sign in whenever you like.</source>
        <translation>没有任何改变。您可以随时登录。</translation>
    </message>
    <message>
        <source>Details: {message}</source>
        <translation>详细信息：{message}</translation>
    </message>
    <message>
        <source>The site refuses this name or password. Correct them and try again.</source>
        <translation>网站不接受此用户名或密码。请更正后重试。</translation>
    </message>
    <message>
        <source>The site wants a captcha solved.</source>
        <translation>网站要求完成验证码。</translation>
    </message>
    <message>
        <source>The site wants a second factor.</source>
        <translation>网站要求第二重验证。</translation>
    </message>
    <message>
        <source>The site wants its terms accepted, and no box to tick was found.</source>
        <translation>网站要求先同意其条款，但没有找到可以勾选的选项。</translation>
    </message>
    <message>
        <source>The page does not go on by itself. Sign in with a browser, or name its fields in AUTO_LOGIN_SELECTORS_FILE.</source>
        <translation>页面无法自动继续。请用浏览器登录，或在 AUTO_LOGIN_SELECTORS_FILE 中指定其字段。</translation>
    </message>
    <message>
        <source>The sign-in page did not load in time.</source>
        <translation>登录页面未能及时加载。</translation>
    </message>
    <message>
        <source>The sign-in page cannot be reached. Check the network and the proxy.</source>
        <translation>无法打开登录页面。请检查网络和代理。</translation>
    </message>
    <message>
        <source>The sign-in page answers with an error. Try again later, or sign in with a browser to see what it says.</source>
        <translation>登录页面返回了错误。请稍后再试，或用浏览器登录查看页面的说明。</translation>
    </message>
    <message>
        <source>The site asks for a name and password outside of its page, which the automatic sign-in does not answer. Use the system&apos;s browser.</source>
        <translation>网站在页面之外要求用户名和密码，自动登录无法应答。请使用系统浏览器。</translation>
    </message>
    <message>
        <source>The site cannot prove who it is: its certificate is not trusted. Check the address and this computer&apos;s clock; in a company network its certificate has to be installed.</source>
        <translation>网站无法证明自己的身份：其证书不受信任。请检查地址和本机时间；在公司网络中需要安装公司的证书。</translation>
    </message>
    <message>
        <source>Nobody finished the sign-in in time. Start it again.</source>
        <translation>未在规定时间内完成登录。请重新开始。</translation>
    </message>
    <message>
        <source>The Lingma process ended during the sign-in. It starts again by itself; then sign in again.</source>
        <translation>灵码进程在登录过程中结束。它会自动重新启动，之后请重新登录。</translation>
    </message>
    <message>
        <source>This account may not use Lingma. Check its licence, or switch accounts.</source>
        <translation>此账号无权使用灵码。请检查其许可，或切换账号。</translation>
    </message>
    <message>
        <source>The browser window ended unexpectedly. Try again, or use the system&apos;s browser.</source>
        <translation>浏览器窗口意外结束。请重试，或使用系统浏览器。</translation>
    </message>
    <message>
        <source>Signing in with a password needs Chrome, Edge or Chromium on this computer. Install one, or sign in with a browser yourself.</source>
        <translation>用密码登录需要本机装有 Chrome、Edge 或 Chromium。请安装其一，或自己用浏览器登录。</translation>
    </message>
    <message>
        <source>Signing in with a password needs a gateway that pip installed, with an extra part: pip install &apos;lingma-gateway[auto-login]&apos;. Or sign in with a browser yourself.</source>
        <translation>用密码登录需要由 pip 安装的网关和附加组件：pip install &apos;lingma-gateway[auto-login]&apos;。也可以自己用浏览器登录。</translation>
    </message>
    <message>
        <source>The command has ended, but the agent still says that nobody is signed in. Run it in a terminal: it may want to ask something.</source>
        <translation>命令已结束，但智能体仍表示没有人登录。请在终端中运行它：它可能需要询问。</translation>
    </message>
    <message>
        <source>The agent&apos;s login command has failed. Its last words are below.</source>
        <translation>智能体的登录命令失败了，最后的输出见下方。</translation>
    </message>
    <message>
        <source>AUTO_LOGIN_SELECTORS_FILE cannot be used. Correct the file, or sign in with a browser yourself.</source>
        <translation>AUTO_LOGIN_SELECTORS_FILE 无法使用。请更正该文件，或自己用浏览器登录。</translation>
    </message>
    <message>
        <source>The password was not kept: this computer is too busy to encrypt it now. Enter it once more when less is running.</source>
        <translation>密码没有保存：本机现在太忙，无法加密。请在空闲时再输入一次。</translation>
    </message>
    <message>
        <source>The password was not kept: this computer has no usable keyring, or it is locked. Unlock it, or give a passphrase to encrypt the password with. It is never kept in plain text.</source>
        <translation>密码未保存：本机没有可用的密钥库，或密钥库已锁定。请解锁，或提供用于加密密码的口令。密码绝不以明文保存。</translation>
    </message>
    <message>
        <source>This is not the passphrase that the passwords were encrypted with.</source>
        <translation>这不是加密密码所用的口令。</translation>
    </message>
    <message>
        <source>This computer is too busy to decrypt now. The passphrase was not tried: try again when less is running.</source>
        <translation>本机现在太忙，无法解密。口令并未试用：请在空闲时重试。</translation>
    </message>
    <message>
        <source>This computer is too busy to encrypt well enough now, so nothing was written. Try again when less is running.</source>
        <translation>本机现在太忙，无法足够安全地加密，因此什么也没有写入。请在空闲时重试。</translation>
    </message>
    <message>
        <source>The passwords kept here are encrypted: enter their passphrase first.</source>
        <translation>保存在这里的密码已加密：请先输入它们的口令。</translation>
    </message>
    <message>
        <source>The file of the encrypted passwords (passwords.age in the data folder) is damaged or cannot be read. Remove it, then have the passwords remembered again.</source>
        <translation>加密密码的文件（数据文件夹中的 passwords.age）已损坏或无法读取。请删除它，然后重新保存密码。</translation>
    </message>
    <message>
        <source>The password is still kept: the keyring is locked or does not answer. Unlock it, then remove the password again.</source>
        <translation>密码仍然保存着：密钥库已锁定或没有响应。请解锁后再次移除密码。</translation>
    </message>
    <message>
        <source>There is no password for this account yet.</source>
        <translation>此账号还没有密码。</translation>
    </message>
    <message>
        <source>Signing in is not possible now: its program does not run, or it signs in by itself.</source>
        <translation>目前无法登录：其程序未运行，或由它自己登录。</translation>
    </message>
    <message>
        <source>This account is signed in already. Switch it, or sign it out first.</source>
        <translation>此账号已登录。请切换账号，或先退出登录。</translation>
    </message>
    <message>
        <source>Its program did not answer in time. Try again, or restart it.</source>
        <translation>其程序未及时响应。请重试，或重新启动它。</translation>
    </message>
    <message>
        <source>This account is not in the settings file: it runs because of an environment variable, or because a Lingma program was found.</source>
        <translation>此账号不在设置文件中：它因环境变量或因找到灵码程序而运行。</translation>
    </message>
    <message>
        <source>What answers was chosen under Who should answer, or with --upstream. Choose Lingma there, or start without --upstream.</source>
        <translation>已在“由谁来回答”中或通过 --upstream 选定了由谁回答。请在那里选择 Lingma，或不带 --upstream 启动。</translation>
    </message>
    <message>
        <source>This is not the address a sign-in ends at. Copy the whole address http://127.0.0.1:…/auth/callback?… from the browser.</source>
        <translation>这不是登录结束时的地址。请从浏览器复制完整的地址 http://127.0.0.1:…/auth/callback?…。</translation>
    </message>
    <message>
        <source>Lingma refuses this address: it was used before, or it belongs to another sign-in. Begin a new sign-in.</source>
        <translation>灵码拒绝此地址：它已被使用过，或属于另一次登录。请重新开始登录。</translation>
    </message>
    <message>
        <source>Its program could not do that. Restart it and try again.</source>
        <translation>其程序无法完成此操作。请重启后重试。</translation>
    </message>
    <message>
        <source>Its program does not run. Restart it and try again.</source>
        <translation>其程序没有运行。请重启后重试。</translation>
    </message>
    <message>
        <source>This account is no longer here.</source>
        <translation>此账号已不存在。</translation>
    </message>
</context>
<context>
    <name>ActionFailure</name>
    <message>
        <source>Dismiss</source>
        <translation>知道了</translation>
    </message>
    <message>
        <source>That did not work</source>
        <translation>未能完成</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>The engine is not running.</source>
        <translation>引擎没有运行。</translation>
    </message>
    <message>
        <source>The engine did not answer in time.</source>
        <translation>引擎未及时响应。</translation>
    </message>
    <message>
        <source>{path} could not be written: {reason}</source>
        <translation>无法写入 {path}：{reason}</translation>
    </message>
</context>
<context>
    <name>AnswerStep</name>
    <message>
        <source>Count to 20</source>
        <translation>数到 20</translation>
    </message>
    <message>
        <source>This asks the endpoint as any client would. Press Send.</source>
        <translation>像任何客户端一样向端点提问。请按“发送”。</translation>
    </message>
</context>
<context>
    <name>AnswerTab</name>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Reasoning</source>
        <translation>推理</translation>
    </message>
    <message>
        <source>Tool calls</source>
        <translation>工具调用</translation>
    </message>
    <message>
        <source>Answer, as it was sent</source>
        <translation>回答原文</translation>
    </message>
    <message>
        <source>Headers of the answer</source>
        <translation>回答的标头</translation>
    </message>
    <message>
        <source>Views of the answer</source>
        <translation>回答的视图</translation>
    </message>
    <message>
        <source>Raw</source>
        <translation>原文</translation>
    </message>
    <message>
        <source>Headers</source>
        <translation>标头</translation>
    </message>
    <message>
        <source>Open this page in the browser?</source>
        <translation>要在浏览器中打开这个网页吗？</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Tool calls ({n})</source>
        <translation>工具调用（{n}）</translation>
    </message>
    <message>
        <source>Tool calls ({n}, earlier {m})</source>
        <translation>工具调用（{n}，之前 {m}）</translation>
    </message>
    <message>
        <source>called in this answer; its result comes with the next request</source>
        <translation>在本次回答中调用；结果随下一个请求到来</translation>
    </message>
    <message>
        <source>called in this answer, its result came with the turn after</source>
        <translation>在本次回答中调用，结果随下一轮到来</translation>
    </message>
    <message>
        <source>called in this answer, failed: so the turn after says</source>
        <translation>在本次回答中调用，失败：见下一轮</translation>
    </message>
    <message>
        <source>called in message {n}, never answered</source>
        <translation>在消息 {n} 中调用，没有结果</translation>
    </message>
    <message>
        <source>result in message {n} without its call</source>
        <translation>消息 {n} 中有结果，但没有对应的调用</translation>
    </message>
    <message>
        <source>called in message {n}, failed: result in message {m}</source>
        <translation>在消息 {n} 中调用，失败：结果在消息 {m}</translation>
    </message>
    <message>
        <source>called in message {n}, result in message {m}</source>
        <translation>在消息 {n} 中调用，结果在消息 {m}</translation>
    </message>
    <message>
        <source>ended with {reason}</source>
        <translation>结束原因：{reason}</translation>
    </message>
    <message>
        <source>error: {code}</source>
        <translation>错误：{code}</translation>
    </message>
    <message>
        <source>the stream broke off before its end</source>
        <translation>流在结束前中断</translation>
    </message>
    <message>
        <source>not all of it was kept</source>
        <translation>未全部保存</translation>
    </message>
</context>
<context>
    <name>BundleCard</name>
    <message>
        <source>Carry a login</source>
        <translation>携带登录</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>账号</translation>
    </message>
    <message>
        <source>Passphrase (empty: not encrypted)</source>
        <translation>口令（留空则不加密）</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>口令</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Choose a bundle…</source>
        <translation>选择登录包…</translation>
    </message>
    <message>
        <source>Look into it</source>
        <translation>查看内容</translation>
    </message>
    <message>
        <source>Try it</source>
        <translation>试运行</translation>
    </message>
    <message>
        <source>Says what an import would change</source>
        <translation>说明导入会改变什么</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>知道了</translation>
    </message>
    <message>
        <source>A bundle signs another machine in without a browser. It equals a password: encrypt it with a passphrase, and give it to nobody.</source>
        <translation>登录包可让另一台机器无需浏览器即可登录。它等同于密码：请用口令加密，不要交给任何人。</translation>
    </message>
    <message>
        <source>Or drop a bundle here.</source>
        <translation>也可以把登录包拖到这里。</translation>
    </message>
    <message>
        <source>There is no Lingma here yet that could use a login.</source>
        <translation>这里还没有可以使用登录信息的灵码。</translation>
    </message>
    <message>
        <source>Choose a bundle</source>
        <translation>选择登录包</translation>
    </message>
    <message>
        <source>Export this login without a passphrase?</source>
        <translation>不用口令导出此登录？</translation>
    </message>
    <message>
        <source>Export it unencrypted</source>
        <translation>不加密导出</translation>
    </message>
    <message>
        <source>Whoever gets the file is signed in as you. It is written so that only you can read it on this computer.</source>
        <translation>得到此文件的人就等于以您的身份登录。写入后，本机上只有您可以读取它。</translation>
    </message>
    <message>
        <source>Export the login to</source>
        <translation>导出登录到</translation>
    </message>
    <message>
        <source>{name} is signed in. Replace its login?</source>
        <translation>{name} 已登录。替换其登录？</translation>
    </message>
    <message>
        <source>Replace it</source>
        <translation>替换</translation>
    </message>
    <message>
        <source>The present login comes back if Lingma does not accept the new one.</source>
        <translation>如果灵码不接受新的登录，会恢复现有登录。</translation>
    </message>
</context>
<context>
    <name>Bundles</name>
    <message>
        <source>Working…</source>
        <translation>正在处理…</translation>
    </message>
    <message>
        <source>Encrypted with the passphrase: {file}</source>
        <translation>已用口令加密：{file}</translation>
    </message>
    <message>
        <source>{file} is not encrypted. Whoever has it is signed in as you: keep it like a password.</source>
        <translation>{file} 未加密。持有它的人就等于以您的身份登录：请像密码一样保管。</translation>
    </message>
    <message>
        <source>The login is exported</source>
        <translation>登录已导出</translation>
    </message>
    <message>
        <source>{name} is signed in now: that login would be replaced.</source>
        <translation>{name} 目前已登录：该登录会被替换。</translation>
    </message>
    <message>
        <source>Nothing was changed. An import would:</source>
        <translation>没有任何改变。导入将会：</translation>
    </message>
    <message>
        <source>{name} is signed in with this login</source>
        <translation>{name} 已用此登录包登录</translation>
    </message>
    <message>
        <source>That did not work</source>
        <translation>未能完成</translation>
    </message>
    <message>
        <source>This bundle is encrypted</source>
        <translation>此登录包已加密</translation>
    </message>
    <message>
        <source>Enter its passphrase to look into it or import it.</source>
        <translation>输入口令即可查看或导入。</translation>
    </message>
    <message>
        <source>A login, encrypted; it holds</source>
        <translation>已加密的登录，包含</translation>
    </message>
    <message>
        <source>A login, not encrypted; it holds</source>
        <translation>未加密的登录，包含</translation>
    </message>
    <message>
        <source>add {file}</source>
        <translation>添加 {file}</translation>
    </message>
    <message>
        <source>replace {file}</source>
        <translation>替换 {file}</translation>
    </message>
    <message>
        <source>leave {file}, which is the same</source>
        <translation>保留 {file}（内容相同）</translation>
    </message>
    <message>
        <source>remove {file}</source>
        <translation>删除 {file}</translation>
    </message>
    <message>
        <source>The passphrase is wrong, or the file was tampered with.</source>
        <translation>口令错误，或文件被篡改。</translation>
    </message>
    <message>
        <source>This bundle is encrypted. Enter its passphrase.</source>
        <translation>此登录包已加密。请输入口令。</translation>
    </message>
    <message>
        <source>This file holds more than a login (links or other files). It was refused and nothing was changed.</source>
        <translation>此文件含有登录之外的内容（链接或其他文件），已拒绝，没有任何改变。</translation>
    </message>
    <message>
        <source>This is no bundle, or it is cut off or damaged. Nothing was changed.</source>
        <translation>这不是登录包，或者已被截断或损坏。没有任何改变。</translation>
    </message>
    <message>
        <source>This file is too large for a login.</source>
        <translation>此文件对于登录来说过大。</translation>
    </message>
    <message>
        <source>Opening this file would take more memory than a login is worth. It was refused and nothing was changed.</source>
        <translation>打开此文件所需的内存远超一个登录信息应有的大小。已拒绝，未作任何更改。</translation>
    </message>
    <message>
        <source>There is no login in this bundle.</source>
        <translation>此登录包中没有登录。</translation>
    </message>
    <message>
        <source>This account is signed in already. Try it first, or import and replace that login.</source>
        <translation>此账号已登录。请先试运行，或导入并替换该登录。</translation>
    </message>
    <message>
        <source>This account is not signed in: there is nothing to export.</source>
        <translation>此账号未登录：没有可导出的内容。</translation>
    </message>
    <message>
        <source>Lingma does not accept this login, and the one before is back. A login is tied to the machine it was made on.</source>
        <translation>灵码不接受此登录，原来的登录已恢复。登录与生成它的机器绑定。</translation>
    </message>
    <message>
        <source>The file could not be written. Choose another place.</source>
        <translation>无法写入文件。请选择其他位置。</translation>
    </message>
    <message>
        <source>This account&apos;s program is stopped, so nobody could say whether the login is good. Start it first.</source>
        <translation>此账号的程序已停止，无法判断登录是否有效。请先启动它。</translation>
    </message>
</context>
<context>
    <name>Change</name>
    <message>
        <source>Left out</source>
        <translation>已略去</translation>
    </message>
    <message>
        <source>Passed on in part</source>
        <translation>仅部分转发</translation>
    </message>
    <message>
        <source>Handled here</source>
        <translation>留在网关处理</translation>
    </message>
    <message>
        <source>the arguments of a tool call were repaired</source>
        <translation>工具调用的参数已修复</translation>
    </message>
    <message>
        <source>the answer is given at once</source>
        <translation>回答会立即给出</translation>
    </message>
    <message>
        <source>its instance ended in the middle of it: it was begun anew</source>
        <translation>该实例在回答中途退出，已从头重新生成</translation>
    </message>
    <message>
        <source>a tool call was not closed by the model</source>
        <translation>模型没有结束工具调用</translation>
    </message>
    <message>
        <source>what followed a tool call was left out</source>
        <translation>工具调用之后的内容已略去</translation>
    </message>
    <message>
        <source>a tool of this name was declared before</source>
        <translation>同名工具此前已声明</translation>
    </message>
    <message>
        <source>the description is too long and was cut</source>
        <translation>描述过长，已截断</translation>
    </message>
    <message>
        <source>a tool call had more in it than belongs there</source>
        <translation>工具调用中包含多余内容</translation>
    </message>
    <message>
        <source>this kind of item means nothing to another model</source>
        <translation>此类条目对其他模型没有意义</translation>
    </message>
    <message>
        <source>the image could not be given to the model</source>
        <translation>图片无法交给模型</translation>
    </message>
    <message>
        <source>the model sees no images</source>
        <translation>该模型看不到图片</translation>
    </message>
    <message>
        <source>it is nested too deeply</source>
        <translation>嵌套过深</translation>
    </message>
    <message>
        <source>nothing is cached by marks</source>
        <translation>不按标记缓存</translation>
    </message>
    <message>
        <source>the request declares no tool that could be called</source>
        <translation>请求没有声明可调用的工具</translation>
    </message>
    <message>
        <source>it looked like a tool call and was none: it stays text</source>
        <translation>看似工具调用但并不是：保留为文本</translation>
    </message>
    <message>
        <source>it says nothing about the arguments</source>
        <translation>它与参数无关</translation>
    </message>
    <message>
        <source>this choice is not served here</source>
        <translation>此处不支持该选项</translation>
    </message>
    <message>
        <source>Lingma does not take this setting</source>
        <translation>灵码不接受此设置</translation>
    </message>
    <message>
        <source>an answer has nothing of this kind</source>
        <translation>回答中没有此类内容</translation>
    </message>
    <message>
        <source>only files sent with the request can be read</source>
        <translation>只能读取随请求发送的文件</translation>
    </message>
    <message>
        <source>only images sent with the request can be read</source>
        <translation>只能读取随请求发送的图片</translation>
    </message>
    <message>
        <source>only text files can be read</source>
        <translation>只能读取文本文件</translation>
    </message>
    <message>
        <source>earlier reasoning is not shown again</source>
        <translation>先前的推理不再展示</translation>
    </message>
    <message>
        <source>this reasoning is not stored here</source>
        <translation>此处未保存该推理</translation>
    </message>
    <message>
        <source>redacted thinking can be read by no other model</source>
        <translation>其他模型无法读取被隐去的思考</translation>
    </message>
    <message>
        <source>the result of a tool stood before its call</source>
        <translation>工具结果出现在其调用之前</translation>
    </message>
    <message>
        <source>the result of a tool has no call</source>
        <translation>工具结果没有对应的调用</translation>
    </message>
    <message>
        <source>a tool that Lingma waits for answers in text</source>
        <translation>灵码正在等待的工具以文本回答</translation>
    </message>
    <message>
        <source>the tool call had a result already</source>
        <translation>该工具调用已有结果</translation>
    </message>
    <message>
        <source>the model is shown its name in its place</source>
        <translation>仅向模型展示其名称</translation>
    </message>
    <message>
        <source>Lingma&apos;s own tools may not run here</source>
        <translation>此处不允许运行灵码自带的工具</translation>
    </message>
    <message>
        <source>the field is unknown</source>
        <translation>未知字段</translation>
    </message>
    <message>
        <source>it runs at the vendor, not here</source>
        <translation>它在厂商处运行，而不在此处</translation>
    </message>
    <message>
        <source>a line of the client that changes with every request</source>
        <translation>客户端每次请求都会变化的一行</translation>
    </message>
</context>
<context>
    <name>ChangesTab</name>
    <message>
        <source>{action}: {reason}</source>
        <translation>{action}：{reason}</translation>
    </message>
    <message>
        <source>Nothing was changed: all that the client sent was passed on.</source>
        <translation>没有改动：客户端发送的内容已全部转发。</translation>
    </message>
    <message>
        <source>Not passed on as it was sent: {n}.</source>
        <translation>有 {n} 处未按原样转发。</translation>
    </message>
    <message>
        <source>The first {n} are shown.</source>
        <translation>仅显示前 {n} 处。</translation>
    </message>
    <message>
        <source>also: {places}</source>
        <translation>另有：{places}</translation>
    </message>
</context>
<context>
    <name>CheckCard</name>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Sends what this client sends to the gateway, for real, and shows what works.</source>
        <translation>真实地向网关发送该客户端会发送的请求，并显示哪些可用。</translation>
    </message>
    <message>
        <source>What works</source>
        <translation>哪些可用</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Run the check</source>
        <translation>开始检查</translation>
    </message>
    <message>
        <source>The endpoint is closed.</source>
        <translation>端点已关闭。</translation>
    </message>
    <message>
        <source>Checking, {done} of {all}…</source>
        <translation>正在检查，{done}/{all}…</translation>
    </message>
    <message>
        <source>{failed} of {all} fail</source>
        <translation>{all} 项中有 {failed} 项失败</translation>
    </message>
    <message>
        <source>Stopped after {done} of {all}</source>
        <translation>已停止，完成 {done}/{all}</translation>
    </message>
    <message>
        <source>All {all} work</source>
        <translation>{all} 项全部可用</translation>
    </message>
</context>
<context>
    <name>ChosenMenu</name>
    <message>
        <source>Export: {kind}</source>
        <translation>导出：{kind}</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>固定</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>取消固定</translation>
    </message>
    <message>
        <source>Copy ids</source>
        <translation>复制 ID</translation>
    </message>
</context>
<context>
    <name>ChosenRequests</name>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Copy ids</source>
        <translation>复制 ID</translation>
    </message>
    <message>
        <source>Chosen requests: {n}</source>
        <translation>已选请求：{n}</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>固定</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>取消固定</translation>
    </message>
    <message>
        <source>Up to {n} can be exported or pinned together. A filter above the table may find fewer.</source>
        <translation>一次最多可以导出或固定 {n} 个请求。可用列表上方的筛选条件缩小范围。</translation>
    </message>
    <message>
        <source>Those that still run are left out of an export.</source>
        <translation>仍在进行的请求不会导出。</translation>
    </message>
    <message>
        <source>An export shows what leaves before anything is saved.</source>
        <translation>保存之前会先列出导出文件包含的内容。</translation>
    </message>
    <message>
        <source>succeeded: {n}</source>
        <translation>成功：{n}</translation>
    </message>
    <message>
        <source>failed: {n}</source>
        <translation>失败：{n}</translation>
    </message>
    <message>
        <source>client left: {n}</source>
        <translation>客户端已离开：{n}</translation>
    </message>
    <message>
        <source>running: {n}</source>
        <translation>进行中：{n}</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>From</source>
        <translation>最早</translation>
    </message>
    <message>
        <source>To</source>
        <translation>最晚</translation>
    </message>
    <message>
        <source>Clients</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Protocols</source>
        <translation>协议</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Instances</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>{n} in, {m} out</source>
        <translation>输入 {n}，输出 {m}</translation>
    </message>
    <message>
        <source>not read yet: {n}</source>
        <translation>{n} 个尚未读取</translation>
    </message>
    <message>
        <source>Time together</source>
        <translation>总用时</translation>
    </message>
    <message>
        <source>First to last</source>
        <translation>首尾相距</translation>
    </message>
    <message>
        <source>None ran</source>
        <translation>无请求运行</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>已固定</translation>
    </message>
    <message>
        <source>Not in these sums</source>
        <translation>未计入</translation>
    </message>
</context>
<context>
    <name>ChosenTimesView</name>
    <message>
        <source>Timeline of the chosen requests</source>
        <translation>所选请求的时间线</translation>
    </message>
    <message>
        <source>Point at something, or walk along with the arrow keys.</source>
        <translation>用鼠标指向，或用方向键逐项查看。</translation>
    </message>
    <message>
        <source>Requests</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>None ran</source>
        <translation>无请求</translation>
    </message>
    <message>
        <source>None ran for {time}, from {start} to {end}: the client&apos;s own time</source>
        <translation>{time}内没有请求运行，从 {start} 到 {end}：这是客户端自己的时间</translation>
    </message>
    <message>
        <source>Request {n}: {time}, beginning after {start}</source>
        <translation>请求 {n}：{time}，在 {start} 后开始</translation>
    </message>
    <message>
        <source>, first words after {time}</source>
        <translation>，{time}后出现首字</translation>
    </message>
    <message>
        <source>, the client left</source>
        <translation>，客户端已离开</translation>
    </message>
    <message>
        <source>, failed</source>
        <translation>，失败</translation>
    </message>
</context>
<context>
    <name>Client</name>
    <message>
        <source>OpenAI and Anthropic SDKs</source>
        <translation>OpenAI 和 Anthropic SDK</translation>
    </message>
    <message>
        <source>Cannot use localhost</source>
        <translation>无法使用 localhost</translation>
    </message>
    <message>
        <source>Cursor cannot use an endpoint on this computer: its servers make the calls, not the program here. Claude Code or Codex in Cursor&apos;s terminal work.</source>
        <translation>Cursor 无法使用本机上的端点：发出调用的是它的服务器，而不是本机上的程序。在 Cursor 的终端里使用 Claude Code 或 Codex 则可以。</translation>
    </message>
    <message>
        <source>Connected elsewhere</source>
        <translation>连接到了别处</translation>
    </message>
    <message>
        <source>Connected</source>
        <translation>已连接</translation>
    </message>
    <message>
        <source>Its settings lead here. Restart {client} if it runs.</source>
        <translation>它的设置指向这里。如果 {client} 正在运行，请重新启动它。</translation>
    </message>
    <message>
        <source>Settings cannot be read</source>
        <translation>无法读取设置</translation>
    </message>
    <message>
        <source>Changed since</source>
        <translation>之后被更改过</translation>
    </message>
    <message>
        <source>Key revoked</source>
        <translation>密钥已吊销</translation>
    </message>
    <message>
        <source>It has asked with the key that was given to it here.</source>
        <translation>它已用这里给它的密钥发过请求。</translation>
    </message>
    <message>
        <source>Has a key</source>
        <translation>已有密钥</translation>
    </message>
    <message>
        <source>It has not asked with its key yet.</source>
        <translation>它还没有用它的密钥发过请求。</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>{client} was not found on this computer.</source>
        <translation>在本机上没有找到 {client}。</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>未连接</translation>
    </message>
    <message>
        <source>Copy what is below into {client}.</source>
        <translation>请把下面的内容复制到 {client}。</translation>
    </message>
    <message>
        <source>Its settings name {url}, where this gateway does not answer now. Connect again.</source>
        <translation>它的设置指向 {url}，但网关现在不在该地址。请重新连接。</translation>
    </message>
    <message>
        <source>Somebody has changed what was set here: {keys}. Connect it again, or undo: what was changed stays as it is.</source>
        <translation>这里设置的内容已被更改：{keys}。可以重新连接；也可以撤销，被更改的内容会保持原样。</translation>
    </message>
    <message>
        <source>Its settings hold a key that opens nothing any more. Connect it again to give it a new one, or undo.</source>
        <translation>它的设置里的密钥已经失效。重新连接会换上新密钥，也可以撤销。</translation>
    </message>
    <message>
        <source>Found on this computer. Connect edits its settings; Undo takes it back.</source>
        <translation>已在本机上找到。“连接”会修改它的设置，“撤销”会恢复原样。</translation>
    </message>
    <message>
        <source>It is a link: {path} is what gets edited.</source>
        <translation>它是一个链接：实际编辑的是 {path}。</translation>
    </message>
    <message>
        <source>The folder {path} is missing and will be made.</source>
        <translation>文件夹 {path} 不存在，将会创建。</translation>
    </message>
    <message>
        <source>The file does not exist yet and will be made.</source>
        <translation>该文件还不存在，将会创建。</translation>
    </message>
    <message>
        <source>{path} is read-only: make it writable first.</source>
        <translation>{path} 是只读的：请先让它可写。</translation>
    </message>
    <message>
        <source>{path} counts more than this file.</source>
        <translation>{path} 的优先级高于此文件。</translation>
    </message>
    <message>
        <source>{path} will not be read any more once this file exists.</source>
        <translation>此文件一旦存在，{path} 就不再被读取。</translation>
    </message>
    <message>
        <source>The client ignores {path} while comments or trailing commas are in it: take them out.</source>
        <translation>只要 {path} 中有注释或末尾逗号，该客户端就会忽略整个文件：请去掉它们。</translation>
    </message>
    <message>
        <source>It was left as it is ({reason}). Paste the settings below by hand.</source>
        <translation>已保持原样（{reason}）。请手动粘贴下面的设置。</translation>
    </message>
    <message>
        <source>Restart it if it runs.</source>
        <translation>如果它正在运行，请重新启动它。</translation>
    </message>
    <message>
        <source>Other users of this computer can read the file and the key in it.</source>
        <translation>本机的其他用户可以读取该文件和其中的密钥。</translation>
    </message>
    <message>
        <source>{client} is connected</source>
        <translation>{client} 已连接</translation>
    </message>
    <message>
        <source>Its key opens nothing any more.</source>
        <translation>它的密钥已经失效。</translation>
    </message>
    <message>
        <source>{client} is as it was</source>
        <translation>{client} 已恢复原样</translation>
    </message>
    <message>
        <source>The key is revoked</source>
        <translation>密钥已吊销</translation>
    </message>
    <message>
        <source>Requests with it are refused from now on.</source>
        <translation>从现在起，使用它的请求都会被拒绝。</translation>
    </message>
    <message>
        <source>{client} starts in a terminal</source>
        <translation>{client} 正在终端中启动</translation>
    </message>
    <message>
        <source>You have changed these since, they stay: {keys}.</source>
        <translation>这些内容之后被您更改过，会保留：{keys}。</translation>
    </message>
    <message>
        <source>Nothing was changed</source>
        <translation>没有任何更改</translation>
    </message>
    <message>
        <source>Another program is connecting clients. Try again.</source>
        <translation>另一个程序正在连接客户端。请重试。</translation>
    </message>
    <message>
        <source>{path} was changed meanwhile. Look at the change again.</source>
        <translation>{path} 在此期间被更改。请重新查看更改内容。</translation>
    </message>
    <message>
        <source>The system refuses to write {path}: {message}</source>
        <translation>系统拒绝写入 {path}：{message}</translation>
    </message>
    <message>
        <source>The endpoint is closed and has no fixed port. Open it.</source>
        <translation>端点已关闭，并且没有固定端口。请打开它。</translation>
    </message>
    <message>
        <source>It is not connected, there is nothing to undo.</source>
        <translation>它没有连接，没有什么可撤销的。</translation>
    </message>
    <message>
        <source>No terminal could be opened</source>
        <translation>无法打开终端</translation>
    </message>
    <message>
        <source>Copy the command and run it in a terminal of yours.</source>
        <translation>请复制命令，在您自己的终端中运行。</translation>
    </message>
</context>
<context>
    <name>ClientNote</name>
    <message>
        <source>A project&apos;s own .claude/settings.json comes before this file.</source>
        <translation>项目自己的 .claude/settings.json 优先于此文件。</translation>
    </message>
    <message>
        <source>The VS Code extension also reads claudeCode.environmentVariables of VS Code&apos;s settings.</source>
        <translation>VS Code 扩展还会读取 VS Code 设置中的 claudeCode.environmentVariables。</translation>
    </message>
    <message>
        <source>A profile chosen with --profile and a trusted project&apos;s own .codex/config.toml come before this file.</source>
        <translation>用 --profile 选择的配置，以及受信任项目自己的 .codex/config.toml，优先于此文件。</translation>
    </message>
    <message>
        <source>A project&apos;s own opencode.json comes before this file.</source>
        <translation>项目自己的 opencode.json 优先于此文件。</translation>
    </message>
    <message>
        <source>Choose the model Lingma Gateway in Continue&apos;s panel.</source>
        <translation>请在 Continue 的面板中选择模型 Lingma Gateway。</translation>
    </message>
    <message>
        <source>In Cline&apos;s settings choose the API provider OpenAI Compatible.</source>
        <translation>请在 Cline 的设置中选择 API 提供商 OpenAI Compatible。</translation>
    </message>
    <message>
        <source>Cline keeps its keys in the system&apos;s credential manager, so there is no file to edit.</source>
        <translation>Cline 把密钥保存在系统的凭据管理器中，所以没有可编辑的文件。</translation>
    </message>
    <message>
        <source>The key cannot stand in Zed&apos;s settings: paste it in Zed once, or start Zed from here.</source>
        <translation>密钥不能写在 Zed 的设置里：请在 Zed 中粘贴一次，或从这里启动 Zed。</translation>
    </message>
    <message>
        <source>Settings | Tools | AI Assistant | Providers &amp; API keys: choose OpenAI-compatible.</source>
        <translation>Settings | Tools | AI Assistant | Providers &amp; API keys：选择 OpenAI-compatible。</translation>
    </message>
    <message>
        <source>Run Chat: Manage Language Models, then Add Models, Custom Endpoint, Chat Completions.</source>
        <translation>运行 Chat: Manage Language Models，然后选择 Add Models、Custom Endpoint、Chat Completions。</translation>
    </message>
    <message>
        <source>VS Code keeps the key in its own secret store, so there is no file to edit.</source>
        <translation>VS Code 把密钥保存在自己的机密存储中，所以没有可编辑的文件。</translation>
    </message>
    <message>
        <source>A repository&apos;s own .aider.conf.yml comes before this file.</source>
        <translation>仓库自己的 .aider.conf.yml 优先于此文件。</translation>
    </message>
    <message>
        <source>Settings, Model Services, Add, type OpenAI; then switch the provider on at its top right.</source>
        <translation>设置、模型服务、添加、类型 OpenAI；然后在右上角启用该提供商。</translation>
    </message>
    <message>
        <source>Its settings lie in a database, so there is no file to edit.</source>
        <translation>它的设置保存在数据库中，所以没有可编辑的文件。</translation>
    </message>
    <message>
        <source>A project&apos;s own .qwen/settings.json comes before this file.</source>
        <translation>项目自己的 .qwen/settings.json 优先于此文件。</translation>
    </message>
</context>
<context>
    <name>ClientPage</name>
    <message>
        <source>Dismiss</source>
        <translation>知道了</translation>
    </message>
</context>
<context>
    <name>ClientPaste</name>
    <message>
        <source>Base URL</source>
        <translation>Base URL</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>API 密钥</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>URL</source>
        <translation>URL</translation>
    </message>
    <message>
        <source>URL of the model</source>
        <translation>模型的 URL</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Or, as Ollama without a key: Host URL</source>
        <translation>或者作为 Ollama，不用密钥：主机 URL</translation>
    </message>
    <message>
        <source>config.yaml, where it is new or empty</source>
        <translation>config.yaml（新建或空文件时）</translation>
    </message>
    <message>
        <source>Or, below models: of one that is there</source>
        <translation>或者，加到已有文件的 models: 下面</translation>
    </message>
    <message>
        <source>API address (Cherry Studio appends /v1/…)</source>
        <translation>API 地址（Cherry Studio 会附加 /v1/…）</translation>
    </message>
    <message>
        <source>In Zed: agent: open settings, LLM Providers, Lingma Gateway, API key</source>
        <translation>在 Zed 中：agent: open settings、LLM Providers、Lingma Gateway、API key</translation>
    </message>
</context>
<context>
    <name>ClientRow</name>
    <message>
        <source>Connected, and it has asked.</source>
        <translation>已连接，并且已发来请求。</translation>
    </message>
    <message>
        <source>Connected. Start it, and it asks here; if it runs, restart it.</source>
        <translation>已连接。启动它就会向这里发请求；如果它正在运行，请重新启动它。</translation>
    </message>
    <message>
        <source>Connect…</source>
        <translation>连接…</translation>
    </message>
    <message>
        <source>Connect: {client}</source>
        <translation>连接：{client}</translation>
    </message>
    <message>
        <source>Undo…</source>
        <translation>撤销…</translation>
    </message>
    <message>
        <source>Undo: {client}</source>
        <translation>撤销：{client}</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Details: {client}</source>
        <translation>详情：{client}</translation>
    </message>
</context>
<context>
    <name>ClientStep</name>
    <message>
        <source>Found on this computer</source>
        <translation>在本机上找到</translation>
    </message>
    <message>
        <source>Open the clients page</source>
        <translation>打开客户端页面</translation>
    </message>
    <message>
        <source>Any other client</source>
        <translation>其他客户端</translation>
    </message>
    <message>
        <source>Looking for clients…</source>
        <translation>正在查找客户端…</translation>
    </message>
    <message>
        <source>A button connects each: you see what changes in its settings first, and can take it back at any time. Everything else takes an address and the key.</source>
        <translation>每个客户端都可一键连接：先展示设置中的改动，随时可撤销。其他客户端填入地址和密钥即可。</translation>
    </message>
    <message>
        <source>None of the clients that a button connects was found on this computer. Everything takes an address and the key; the clients page says where they go.</source>
        <translation>本机上没有找到可一键连接的客户端。任何客户端都可填入地址和密钥；客户端页面说明填在哪里。</translation>
    </message>
</context>
<context>
    <name>ClientTab</name>
    <message>
        <source>Body of the request</source>
        <translation>请求正文</translation>
    </message>
    <message>
        <source>Body of the request, as it came</source>
        <translation>请求正文原文</translation>
    </message>
    <message>
        <source>Headers of the request</source>
        <translation>请求标头</translation>
    </message>
    <message>
        <source>Views of the request</source>
        <translation>请求的视图</translation>
    </message>
    <message>
        <source>Tree</source>
        <translation>树</translation>
    </message>
    <message>
        <source>Raw</source>
        <translation>原文</translation>
    </message>
    <message>
        <source>Headers</source>
        <translation>标头</translation>
    </message>
    <message>
        <source>only the first {size} were kept</source>
        <translation>仅保存了前 {size}</translation>
    </message>
    <message>
        <source>secrets were removed from: {places}</source>
        <translation>已从以下位置移除密钥：{places}</translation>
    </message>
</context>
<context>
    <name>ClientsPanel</name>
    <message>
        <source>Clients</source>
        <translation>客户端</translation>
    </message>
</context>
<context>
    <name>ColumnsMenu</name>
    <message>
        <source>Usual columns</source>
        <translation>恢复默认列</translation>
    </message>
</context>
<context>
    <name>CommandOutput</name>
    <message>
        <source>Output of the login command of {name}</source>
        <translation>{name} 登录命令的输出</translation>
    </message>
    <message>
        <source>Link to open</source>
        <translation>要打开的链接</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Open the link</source>
        <translation>打开链接</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>暂无</translation>
    </message>
</context>
<context>
    <name>ConversationTab</name>
    <message>
        <source>Messages of the conversation</source>
        <translation>对话消息</translation>
    </message>
    <message>
        <source>The chosen message</source>
        <translation>所选消息</translation>
    </message>
    <message>
        <source>What changed in the chosen message</source>
        <translation>所选消息的变化</translation>
    </message>
    <message>
        <source>What was asked beside the messages</source>
        <translation>消息以外的请求内容</translation>
    </message>
    <message>
        <source>Border between the messages and the chosen one</source>
        <translation>消息列表与所选消息之间的分隔条</translation>
    </message>
    <message>
        <source>The request was refused before it was understood: there is none.</source>
        <translation>请求在解析之前就被拒绝：没有对话。</translation>
    </message>
    <message>
        <source>Messages: {n}. No earlier turn of it is recorded.</source>
        <translation>{n} 条消息，没有更早一轮的记录。</translation>
    </message>
    <message>
        <source>Messages: {n}. Taken over from the turn before: {reused}.</source>
        <translation>{n} 条消息，其中 {reused} 条沿用自上一轮。</translation>
    </message>
    <message>
        <source>Messages: {n}. The beginning differs from the turn before.</source>
        <translation>{n} 条消息，开头与上一轮不同。</translation>
    </message>
    <message>
        <source>→ Call of {tool} ({id})</source>
        <translation>→ 调用 {tool}（{id}）</translation>
    </message>
    <message>
        <source>← Result of {tool} ({id}), called in message {n}</source>
        <translation>← {tool} 的结果（{id}），在消息 {n} 中调用</translation>
    </message>
    <message>
        <source>[image, {kind}, {url}]</source>
        <translation>[图片，{kind}，{url}]</translation>
    </message>
    <message>
        <source>[image, {kind}, {size}]</source>
        <translation>[图片，{kind}，{size}]</translation>
    </message>
    <message>
        <source>[audio, {kind}]</source>
        <translation>[音频，{kind}]</translation>
    </message>
    <message>
        <source>no result yet</source>
        <translation>尚无结果</translation>
    </message>
    <message>
        <source>failed, see message {n}</source>
        <translation>失败，见消息 {n}</translation>
    </message>
    <message>
        <source>its result is in message {n}</source>
        <translation>结果在消息 {n}</translation>
    </message>
</context>
<context>
    <name>DesktopActions</name>
    <message>
        <source>No program shows folders here: {place}</source>
        <translation>此处没有可以显示文件夹的程序：{place}</translation>
    </message>
    <message>
        <source>No browser was found for {place}</source>
        <translation>没有找到可以打开 {place} 的浏览器</translation>
    </message>
</context>
<context>
    <name>DesktopCard</name>
    <message>
        <source>This desktop</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>Start when I log in</source>
        <translation>登录系统时启动</translation>
    </message>
    <message>
        <source>In the tray, without the window.</source>
        <translation>在托盘中启动，不显示窗口。</translation>
    </message>
    <message>
        <source>Always start in the tray</source>
        <translation>始终在托盘中启动</translation>
    </message>
    <message>
        <source>The window opens from the tray&apos;s icon.</source>
        <translation>通过托盘图标打开窗口。</translation>
    </message>
    <message>
        <source>Free memory when the window is closed</source>
        <translation>关闭窗口时释放内存</translation>
    </message>
    <message>
        <source>The gateway goes on in the tray and takes a third less once nothing was asked for a minute (on Linux 175 MB instead of 255 MB). The window opens a moment later.</source>
        <translation>网关留在托盘中继续运行；一分钟内没有请求后，内存占用减少约三分之一（在 Linux 上为 175 MB，而不是 255 MB）。再次打开窗口会稍慢一些。</translation>
    </message>
</context>
<context>
    <name>DesktopNotifications</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
</context>
<context>
    <name>Detail</name>
    <message>
        <source>Reused: only what is new was sent to the model</source>
        <translation>已复用：仅向模型发送新增内容</translation>
    </message>
    <message>
        <source>New: the whole conversation was sent</source>
        <translation>新会话：发送了整个对话</translation>
    </message>
    <message>
        <source>Sessions are not reused: the whole conversation was sent</source>
        <translation>未启用会话复用：发送了整个对话</translation>
    </message>
    <message>
        <source>Waiting for an instance</source>
        <translation>等待实例</translation>
    </message>
    <message>
        <source>Until the first words</source>
        <translation>等待首字</translation>
    </message>
    <message>
        <source>Answering</source>
        <translation>回答中</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Developer</source>
        <translation>开发者</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Assistant</source>
        <translation>助手</translation>
    </message>
    <message>
        <source>Tool</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Only the figures of this request were kept: recording of contents was switched off, or too many requests ended at once.</source>
        <translation>仅保存了此请求的统计数据：内容记录已关闭，或同时结束的请求过多。</translation>
    </message>
    <message>
        <source>Choose a request to see everything about it.</source>
        <translation>选择一个请求以查看其全部详情。</translation>
    </message>
    <message>
        <source>This request is still running. Its details come as soon as it is over.</source>
        <translation>此请求仍在进行。结束后即可查看详情。</translation>
    </message>
    <message>
        <source>There is no record of this request (any more): what is too old, or too much for the size of the history, is deleted unless it is pinned.</source>
        <translation>没有（或不再有）此请求的记录：过旧的记录，以及超出历史记录大小上限的记录会被删除，除非已固定。</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>images</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>sounds</source>
        <translation>声音</translation>
    </message>
    <message>
        <source>files that are no text</source>
        <translation>非文本文件</translation>
    </message>
    <message>
        <source>earlier reasoning</source>
        <translation>先前的推理</translation>
    </message>
    <message>
        <source>tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>some settings</source>
        <translation>部分设置</translation>
    </message>
    <message>
        <source>The endpoint is closed: nothing was sent.</source>
        <translation>端点已关闭：未发送任何内容。</translation>
    </message>
    <message>
        <source>Nothing answers at the endpoint&apos;s address.</source>
        <translation>端点地址无响应。</translation>
    </message>
    <message>
        <source>The connection broke before an answer came.</source>
        <translation>在收到回答之前连接中断。</translation>
    </message>
    <message>
        <source>The answer was cut off before its end.</source>
        <translation>回答在结束前被截断。</translation>
    </message>
    <message>
        <source>The answer has a part that cannot be read.</source>
        <translation>回答中有无法读取的部分。</translation>
    </message>
    <message>
        <source>The request was malformed: it can only be sent again in its own protocol.</source>
        <translation>请求格式有误：只能以原协议重新发送。</translation>
    </message>
    <message>
        <source>Nothing of the conversation can be asked in this protocol.</source>
        <translation>此协议无法表达该对话的任何内容。</translation>
    </message>
    <message>
        <source>This window may not choose the instance: start the engine again.</source>
        <translation>此窗口无权选择实例：请重新启动引擎。</translation>
    </message>
    <message>
        <source>The instance or the model is not there any more.</source>
        <translation>该实例或模型已不存在。</translation>
    </message>
    <message>
        <source>It cannot be sent again: only its figures were kept.</source>
        <translation>无法重新发送：仅保存了统计数据。</translation>
    </message>
    <message>
        <source>It cannot be sent again: its body ({size}) was too large to be kept whole.</source>
        <translation>无法重新发送：正文（{size}）过大，未能完整保存。</translation>
    </message>
    <message>
        <source>It cannot be sent again: secrets were removed from it ({places}).</source>
        <translation>无法重新发送：其中的密钥已被移除（{places}）。</translation>
    </message>
    <message>
        <source>It cannot be sent again: its body is not plain text.</source>
        <translation>无法重新发送：正文不是纯文本。</translation>
    </message>
</context>
<context>
    <name>DiffView</name>
    <message>
        <source>No difference</source>
        <translation>没有差异</translation>
    </message>
    <message>
        <source>… more lines: {count}</source>
        <translation>……还有 {count} 行</translation>
    </message>
    <message>
        <source>F7: next difference, Shift+F7: the one before</source>
        <translation>F7：下一处差异，Shift+F7：上一处差异</translation>
    </message>
</context>
<context>
    <name>DocumentsCard</name>
    <message>
        <source>What is new, licences</source>
        <translation>新内容与许可证</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>News</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Notices</source>
        <translation>第三方声明</translation>
    </message>
    <message>
        <source>The original text, in English: it is the one that holds.</source>
        <translation>以下为英文原文，以原文为准。</translation>
    </message>
</context>
<context>
    <name>EmptyPlace</name>
    <message>
        <source>Start again</source>
        <translation>重新启动</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>The gateway&apos;s engine does not run</source>
        <translation>网关引擎未运行</translation>
    </message>
</context>
<context>
    <name>EmptyRequests</name>
    <message>
        <source>Go to Overview</source>
        <translation>前往概览</translation>
    </message>
    <message>
        <source>Show all requests</source>
        <translation>显示全部请求</translation>
    </message>
    <message>
        <source>The history of requests is shown as soon as it runs.</source>
        <translation>引擎运行后就会显示请求历史。</translation>
    </message>
    <message>
        <source>No request fits</source>
        <translation>没有符合条件的请求</translation>
    </message>
    <message>
        <source>None of the recorded and running requests fits the filter.</source>
        <translation>已记录和进行中的请求都不符合筛选条件。</translation>
    </message>
    <message>
        <source>No requests yet</source>
        <translation>还没有请求</translation>
    </message>
    <message>
        <source>Requests appear here the moment a client sends them. Send a first one with “Try it” on the Overview, or copy address and key from there into a client.</source>
        <translation>客户端一发出请求，就会显示在这里。可以在概览页用“试一试”发出第一个请求，或从那里把地址和密钥复制到客户端。</translation>
    </message>
</context>
<context>
    <name>Endpoint</name>
    <message>
        <source>Port {port} is taken by another program</source>
        <translation>端口 {port} 已被其他程序占用</translation>
    </message>
    <message>
        <source>Close that program and try again, or use another port. Clients then need the new address.</source>
        <translation>请关闭该程序后重试，或改用其他端口；改用后，客户端需要填写新地址。</translation>
    </message>
    <message>
        <source>This computer has no address {host}</source>
        <translation>本机没有地址 {host}</translation>
    </message>
    <message>
        <source>Set HOST to 127.0.0.1 in the settings file and start again.</source>
        <translation>请在设置文件中将 HOST 设为 127.0.0.1，然后重新启动。</translation>
    </message>
    <message>
        <source>The system does not allow port {port}</source>
        <translation>系统不允许使用端口 {port}</translation>
    </message>
    <message>
        <source>Use another port; those below 1024 are reserved.</source>
        <translation>请改用其他端口；1024 以下的端口为系统保留。</translation>
    </message>
    <message>
        <source>The endpoint could not be opened</source>
        <translation>无法打开端点</translation>
    </message>
</context>
<context>
    <name>EndpointCard</name>
    <message>
        <source>Connect a client</source>
        <translation>连接客户端</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Base URL for OpenAI clients</source>
        <translation>OpenAI 客户端的 Base URL</translation>
    </message>
    <message>
        <source>Base URL for Anthropic clients</source>
        <translation>Anthropic 客户端的 Base URL</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>API 密钥</translation>
    </message>
    <message>
        <source>Show the key</source>
        <translation>显示密钥</translation>
    </message>
    <message>
        <source>Hide the key</source>
        <translation>隐藏密钥</translation>
    </message>
    <message>
        <source>Ask it again</source>
        <translation>再次询问</translation>
    </message>
    <message>
        <source>Keep this one in a file</source>
        <translation>把这个密钥存入文件</translation>
    </message>
    <message>
        <source>The endpoint is closed</source>
        <translation>端点已关闭</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>正在开启…</translation>
    </message>
    <message>
        <source>Not made yet</source>
        <translation>尚未生成</translation>
    </message>
    <message>
        <source>Your key is locked away</source>
        <translation>您的密钥被锁住了</translation>
    </message>
    <message>
        <source>The system&apos;s key store holds it and did not answer. The key above holds until the gateway ends; clients with yours are turned away. Unlock the key store, then ask it again.</source>
        <translation>它保存在系统密钥库中，而密钥库没有响应。上面的密钥在网关退出前有效；使用您原有密钥的客户端会被拒绝。请解锁密钥库，然后再次询问。</translation>
    </message>
    <message>
        <source>The key is kept in a file</source>
        <translation>密钥保存在文件中</translation>
    </message>
    <message>
        <source>No keyring answered, so the key lies in {path}, readable by you alone.</source>
        <translation>系统密钥库不可用，密钥保存在 {path}，仅您本人可读。</translation>
    </message>
</context>
<context>
    <name>Error</name>
    <message>
        <source>Something went wrong ({code})</source>
        <translation>出现问题（{code}）</translation>
    </message>
    <message>
        <source>The gateway&apos;s engine has stopped</source>
        <translation>网关引擎已停止</translation>
    </message>
    <message>
        <source>Start it again; the log file has the details: {reason}</source>
        <translation>请重新启动；详情见日志文件：{reason}</translation>
    </message>
    <message>
        <source>A client asked for what is not possible</source>
        <translation>客户端的请求无法满足</translation>
    </message>
    <message>
        <source>A client asked for what is not there</source>
        <translation>客户端请求的内容不存在</translation>
    </message>
    <message>
        <source>A client asked in a way that is not served</source>
        <translation>客户端的请求方式不受支持</translation>
    </message>
    <message>
        <source>A client was sent on to plain HTTP</source>
        <translation>客户端已改用普通 HTTP</translation>
    </message>
    <message>
        <source>A request was larger than allowed</source>
        <translation>请求超过了允许的大小</translation>
    </message>
    <message>
        <source>A client used an address that is not allowed</source>
        <translation>客户端使用了不允许的地址</translation>
    </message>
    <message>
        <source>A web page was kept out</source>
        <translation>已拒绝一个网页的访问</translation>
    </message>
    <message>
        <source>A client asked for what is not switched on</source>
        <translation>客户端请求的功能未启用</translation>
    </message>
    <message>
        <source>This login cannot be used</source>
        <translation>此登录信息无法使用</translation>
    </message>
    <message>
        <source>That cannot be done now</source>
        <translation>现在无法执行此操作</translation>
    </message>
    <message>
        <source>Nobody is signed in</source>
        <translation>尚未登录</translation>
    </message>
    <message>
        <source>Sign in on the accounts page.</source>
        <translation>请在账号页面登录。</translation>
    </message>
    <message>
        <source>No instance could answer</source>
        <translation>没有可用的实例</translation>
    </message>
    <message>
        <source>Wait until one is ready, or restart it below.</source>
        <translation>请等待实例就绪，或在下方将其重启。</translation>
    </message>
    <message>
        <source>The answer broke off</source>
        <translation>回答过程中出错</translation>
    </message>
    <message>
        <source>No answer came in time</source>
        <translation>未及时收到回答</translation>
    </message>
    <message>
        <source>The quota is used up</source>
        <translation>额度已用完</translation>
    </message>
    <message>
        <source>This account is refused</source>
        <translation>该账号被拒绝</translation>
    </message>
    <message>
        <source>The content filter refused</source>
        <translation>请求被内容过滤器拒绝</translation>
    </message>
    <message>
        <source>Ask again. If it happens often, restart the instance.</source>
        <translation>请重新提问；若频繁出现，请重启实例。</translation>
    </message>
    <message>
        <source>Check the network connection, then ask again.</source>
        <translation>请检查网络连接，然后重新提问。</translation>
    </message>
    <message>
        <source>Wait until it is renewed, or use another account.</source>
        <translation>请等待额度恢复，或换用其他账号。</translation>
    </message>
    <message>
        <source>Check the account&apos;s licence, or sign in with another one.</source>
        <translation>请检查该账号的授权，或使用其他账号登录。</translation>
    </message>
    <message>
        <source>Too many requests at once</source>
        <translation>同时发起的请求过多</translation>
    </message>
    <message>
        <source>The client should try again in a moment.</source>
        <translation>客户端稍后重试即可。</translation>
    </message>
    <message>
        <source>A client used a wrong key</source>
        <translation>有客户端使用了错误的密钥</translation>
    </message>
    <message>
        <source>Copy the key from here into the client&apos;s settings.</source>
        <translation>请将此处的密钥复制到客户端的设置中。</translation>
    </message>
    <message>
        <source>The conversation is longer than the model takes</source>
        <translation>对话长度超出模型上限</translation>
    </message>
    <message>
        <source>Start a new conversation or choose a model with more room.</source>
        <translation>请开始新的对话，或选择上下文更长的模型。</translation>
    </message>
    <message>
        <source>Word the request differently.</source>
        <translation>请换一种表述。</translation>
    </message>
    <message>
        <source>A client read its answer too slowly</source>
        <translation>有客户端读取回答过慢</translation>
    </message>
    <message>
        <source>Its connection was closed so that the others are not held up.</source>
        <translation>为不影响其他客户端，已断开其连接。</translation>
    </message>
    <message>
        <source>The gateway made a mistake</source>
        <translation>网关内部出错</translation>
    </message>
    <message>
        <source>The log file has the details. Please report it.</source>
        <translation>详情见日志文件，欢迎反馈此问题。</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>What leaves in this file</source>
        <translation>此文件包含的内容</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Requests</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>Prompts, files, tools</source>
        <translation>提示词、文件、工具</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>{n}, {size}</source>
        <translation>{n} 条，{size}</translation>
    </message>
    <message>
        <source>Upstream messages</source>
        <translation>上游消息</translation>
    </message>
    <message>
        <source>Only figures of</source>
        <translation>仅有统计数据</translation>
    </message>
    <message>
        <source>requests: {n}</source>
        <translation>{n} 个请求</translation>
    </message>
    <message>
        <source>{n}, still running or not kept any more</source>
        <translation>{n} 个，仍在进行或已不再保存</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>未包含</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>not all of the bodies was kept</source>
        <translation>正文未全部保存</translation>
    </message>
    <message>
        <source>removed from: {places}</source>
        <translation>已从以下位置移除：{places}</translation>
    </message>
    <message>
        <source>none was recorded</source>
        <translation>没有记录任何密钥</translation>
    </message>
    <message>
        <source>Keys and secrets</source>
        <translation>密钥与机密</translation>
    </message>
    <message>
        <source>No prompts and no answers are in it.</source>
        <translation>其中没有提示词，也没有回答。</translation>
    </message>
    <message>
        <source>Whoever gets this file can read the prompts and the answers in it.</source>
        <translation>拿到此文件的人可以读到其中的提示词和回答。</translation>
    </message>
    <message>
        <source>Whoever gets this file can read the answer in it.</source>
        <translation>拿到此文件的人可以读到其中的回答。</translation>
    </message>
    <message>
        <source>Export as HAR</source>
        <translation>导出为 HAR</translation>
    </message>
    <message>
        <source>Export the raw answer</source>
        <translation>导出原始回答</translation>
    </message>
    <message>
        <source>Export as a web page</source>
        <translation>导出为网页</translation>
    </message>
    <message>
        <source>HAR for browsers…</source>
        <translation>HAR（供浏览器使用）…</translation>
    </message>
    <message>
        <source>Raw answers, packed…</source>
        <translation>原始回答（打包）…</translation>
    </message>
    <message>
        <source>Raw answer…</source>
        <translation>原始回答…</translation>
    </message>
    <message>
        <source>Web page…</source>
        <translation>网页…</translation>
    </message>
</context>
<context>
    <name>FileCard</name>
    <message>
        <source>Settings file</source>
        <translation>设置文件</translation>
    </message>
    <message>
        <source>Path of the settings file</source>
        <translation>设置文件的路径</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Undo…</source>
        <translation>撤销…</translation>
    </message>
    <message>
        <source>Connect again…</source>
        <translation>重新连接…</translation>
    </message>
    <message>
        <source>Connect…</source>
        <translation>连接…</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Previous match (Shift+F3)</source>
        <translation>上一处（Shift+F3）</translation>
    </message>
    <message>
        <source>Next match (F3)</source>
        <translation>下一处（F3）</translation>
    </message>
    <message>
        <source>Close the search (Esc)</source>
        <translation>关闭查找（Esc）</translation>
    </message>
    <message>
        <source>No match</source>
        <translation>没有匹配</translation>
    </message>
    <message>
        <source>{at} of {total}</source>
        <translation>第 {at} 处，共 {total} 处</translation>
    </message>
</context>
<context>
    <name>FirstRun</name>
    <message>
        <source>Welcome to Lingma Gateway</source>
        <translation>欢迎使用 Lingma Gateway</translation>
    </message>
    <message>
        <source>Who should answer?</source>
        <translation>由谁来回答？</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>Connect a client</source>
        <translation>连接客户端</translation>
    </message>
    <message>
        <source>Your first answer</source>
        <translation>第一个回答</translation>
    </message>
</context>
<context>
    <name>FirstRunPage</name>
    <message>
        <source>Demo: answers do not come from Lingma</source>
        <translation>演示：回答并非来自灵码</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Set up later</source>
        <translation>以后再设置</translation>
    </message>
    <message>
        <source>See the window; these steps can be resumed there</source>
        <translation>先看主窗口；之后可在那里继续初始设置</translation>
    </message>
    <message>
        <source>Step {n} of {all}</source>
        <translation>第 {n} 步，共 {all} 步</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
</context>
<context>
    <name>GatewayCard</name>
    <message>
        <source>The gateway as a whole</source>
        <translation>网关总览</translation>
    </message>
    <message>
        <source>Instances ready</source>
        <translation>就绪实例</translation>
    </message>
    <message>
        <source>Turns since the start</source>
        <translation>启动以来的对话轮次</translation>
    </message>
    <message>
        <source>Refused as busy</source>
        <translation>因繁忙而拒绝</translation>
    </message>
    <message>
        <source>Sessions kept</source>
        <translation>保留的会话</translation>
    </message>
    <message>
        <source>Turns that went on in one</source>
        <translation>沿用会话的轮次</translation>
    </message>
    <message>
        <source>Waiting for a client&apos;s tool</source>
        <translation>等待客户端工具</translation>
    </message>
    <message>
        <source>Longest delay, 15 s</source>
        <translation>15 秒最长延迟</translation>
    </message>
    <message>
        <source>In flight: {n}</source>
        <translation>进行中：{n}</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>In flight: {n} of {most}</source>
        <translation>进行中：{n} / {most}</translation>
    </message>
    <message>
        <source>In flight: {n}, no limit</source>
        <translation>进行中：{n}，无上限</translation>
    </message>
    <message>
        <source>waiting: {n}</source>
        <translation>排队：{n}</translation>
    </message>
</context>
<context>
    <name>GuardedPage</name>
    <message>
        <source>{site} says</source>
        <translation>{site} 显示</translation>
    </message>
</context>
<context>
    <name>HeadCard</name>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Local endpoint</source>
        <translation>本地端点</translation>
    </message>
    <message>
        <source>Open or close the local endpoint</source>
        <translation>打开或关闭本地端点</translation>
    </message>
    <message>
        <source>In flight</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>Instances ready</source>
        <translation>就绪实例</translation>
    </message>
    <message>
        <source>Requests today</source>
        <translation>今日请求</translation>
    </message>
    <message>
        <source>Failed today</source>
        <translation>今日失败</translation>
    </message>
    <message>
        <source>Endpoint on</source>
        <translation>端点已开启</translation>
    </message>
    <message>
        <source>Endpoint opening…</source>
        <translation>端点正在开启…</translation>
    </message>
    <message>
        <source>Endpoint off</source>
        <translation>端点已关闭</translation>
    </message>
</context>
<context>
    <name>Health</name>
    <message>
        <source>next try in {n} s</source>
        <translation>{n} 秒后重试</translation>
    </message>
    <message>
        <source>not signed in</source>
        <translation>未登录</translation>
    </message>
    <message>
        <source>signed in, no name told</source>
        <translation>已登录，未提供名称</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>spent at {time}; asked again from {until}</source>
        <translation>{time} 用尽；{until} 后再试</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>pid {pid}</source>
        <translation>进程号 {pid}</translation>
    </message>
    <message>
        <source>{percent}% CPU</source>
        <translation>CPU {percent}%</translation>
    </message>
    <message>
        <source>{size} MB</source>
        <translation>{size} MB</translation>
    </message>
    <message>
        <source>{n} processes</source>
        <translation>{n} 个进程</translation>
    </message>
    <message>
        <source>It runs</source>
        <translation>正在运行</translation>
    </message>
    <message>
        <source>Its account can be used</source>
        <translation>账号可用</translation>
    </message>
    <message>
        <source>It names its models</source>
        <translation>能列出模型</translation>
    </message>
    <message>
        <source>It answers a short question</source>
        <translation>能回答一个简短的问题</translation>
    </message>
</context>
<context>
    <name>HealthCard</name>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>账号</translation>
    </message>
    <message>
        <source>Quota</source>
        <translation>额度</translation>
    </message>
    <message>
        <source>In flight</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation>重启次数</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>进程</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>重启</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Sends one short real request through this instance.</source>
        <translation>通过此实例发送一个简短的真实请求。</translation>
    </message>
    <message>
        <source>Sign in…</source>
        <translation>登录…</translation>
    </message>
    <message>
        <source>Sign out…</source>
        <translation>退出登录…</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Testing…</source>
        <translation>测试中…</translation>
    </message>
    <message>
        <source>{name} has requests in flight: {n}. Stop it anyway?</source>
        <translation>{name} 正在回答 {n} 个请求。仍要停止吗？</translation>
    </message>
    <message>
        <source>Sign {name} out?</source>
        <translation>要让 {name} 退出登录吗？</translation>
    </message>
    <message>
        <source>Sign out</source>
        <translation>退出登录</translation>
    </message>
    <message>
        <source>It takes no requests until somebody signs in again.</source>
        <translation>在重新登录之前，它不会接受请求。</translation>
    </message>
</context>
<context>
    <name>ImportCard</name>
    <message>
        <source>Everything in it is so already.</source>
        <translation>其中的设置与当前完全相同。</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Importing {name} would change</source>
        <translation>导入 {name} 将更改</translation>
    </message>
    <message>
        <source>Importing {name} would change nothing</source>
        <translation>导入 {name} 不会更改任何设置</translation>
    </message>
    <message>
        <source>Everything else stays. It can be undone afterwards.</source>
        <translation>其他设置保持不变。导入后可以撤销。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>Install</name>
    <message>
        <source>Asking for the newest version…</source>
        <translation>正在查询最新版本…</translation>
    </message>
    <message>
        <source>Unpacking…</source>
        <translation>正在解压…</translation>
    </message>
    <message>
        <source>Version {version} is here.</source>
        <translation>已有版本 {version}。</translation>
    </message>
    <message>
        <source>It could not be downloaded: {message}</source>
        <translation>无法下载：{message}</translation>
    </message>
    <message>
        <source>Stopped. What has come is kept for another try.</source>
        <translation>已停止。已下载的部分会保留，供下次继续。</translation>
    </message>
</context>
<context>
    <name>Instance</name>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>Sign-in needed</source>
        <translation>需要登录</translation>
    </message>
    <message>
        <source>Reconnecting</source>
        <translation>正在重连</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Closed</source>
        <translation>已关闭</translation>
    </message>
    <message>
        <source>Demo</source>
        <translation>演示</translation>
    </message>
    <message>
        <source>Another agent (ACP)</source>
        <translation>其他智能体（ACP）</translation>
    </message>
    <message>
        <source>Agent</source>
        <translation>智能体</translation>
    </message>
    <message>
        <source>Another one ({kind})</source>
        <translation>其他（{kind}）</translation>
    </message>
    <message>
        <source>None: the gateway&apos;s engine has stopped.</source>
        <translation>无：网关引擎已停止。</translation>
    </message>
    <message>
        <source>None yet: the system&apos;s key store is locked. Unlock it in the window that asks for its password.</source>
        <translation>暂无：系统密钥库已锁定。请在询问密码的窗口中解锁。</translation>
    </message>
    <message>
        <source>None: no Lingma was found on this computer.</source>
        <translation>无：本机未找到灵码。</translation>
    </message>
    <message>
        <source>None yet. They appear here as soon as the engine starts them.</source>
        <translation>暂无实例。引擎启动实例后会显示在这里。</translation>
    </message>
    <message>
        <source>Stopped by you</source>
        <translation>已由您停止</translation>
    </message>
    <message>
        <source>Not answering</source>
        <translation>没有响应</translation>
    </message>
    <message>
        <source>Out of quota</source>
        <translation>额度用尽</translation>
    </message>
</context>
<context>
    <name>InstanceCard</name>
    <message>
        <source>Restart</source>
        <translation>重启</translation>
    </message>
    <message>
        <source>Restart {name}</source>
        <translation>重启 {name}</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>账号</translation>
    </message>
    <message>
        <source>In flight</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation>重启次数</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>not signed in</source>
        <translation>未登录</translation>
    </message>
</context>
<context>
    <name>InstanceCards</name>
    <message>
        <source>Instances</source>
        <translation>实例</translation>
    </message>
</context>
<context>
    <name>InstanceForm</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>The path of the program. For an agent also a name on PATH, or ws://…</source>
        <translation>程序的路径。智能体还可以填写 PATH 中的名称，或 ws://…</translation>
    </message>
    <message>
        <source>Arguments</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>One a line, as it is.</source>
        <translation>每行一个，原样传递。</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>环境变量</translation>
    </message>
    <message>
        <source>NAME=value, one a line. Keys belong here.</source>
        <translation>每行一个 NAME=值。密钥写在这里。</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>One a line; the first is the default. Empty: those the agent names.</source>
        <translation>每行一个，第一个为默认。留空：使用智能体给出的模型。</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>模式</translation>
    </message>
    <message>
        <source>Set where the agent has it. Empty: its own.</source>
        <translation>智能体支持时设置。留空：使用其自身的模式。</translation>
    </message>
    <message>
        <source>Sign-in command</source>
        <translation>登录命令</translation>
    </message>
    <message>
        <source>The command line that signs in. Empty: the one known for this agent.</source>
        <translation>用于登录的命令行。留空：使用此智能体已知的命令。</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Holds its login and logs. Empty: one of its own in the data folder.</source>
        <translation>存放其登录信息和日志。留空：使用数据文件夹中的专用文件夹。</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>The one found on this computer</source>
        <translation>本机上找到的程序</translation>
    </message>
    <message>
        <source>The name is missing.</source>
        <translation>缺少名称。</translation>
    </message>
    <message>
        <source>Environment: each line is NAME=value.</source>
        <translation>环境变量：每行的形式为 NAME=值。</translation>
    </message>
</context>
<context>
    <name>InstancePage</name>
    <message>
        <source>‹ All instances</source>
        <translation>‹ 所有实例</translation>
    </message>
</context>
<context>
    <name>InstancesEditor</name>
    <message>
        <source>Add an instance…</source>
        <translation>添加实例…</translation>
    </message>
    <message>
        <source>None is listed. These run by themselves, and are listed with the first one that you add: {names}.</source>
        <translation>尚未列出任何实例。以下实例自动运行，添加第一个实例时会一并列出：{names}。</translation>
    </message>
    <message>
        <source>None is listed.</source>
        <translation>尚未列出任何实例。</translation>
    </message>
</context>
<context>
    <name>JsonTree</name>
    <message>
        <source>{name}: the chosen value</source>
        <translation>{name}：所选的值</translation>
    </message>
    <message>
        <source>Copy value</source>
        <translation>复制值</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>复制路径</translation>
    </message>
    <message>
        <source>Find…</source>
        <translation>查找…</translation>
    </message>
</context>
<context>
    <name>KeyCard</name>
    <message>
        <source>Its key</source>
        <translation>密钥</translation>
    </message>
    <message>
        <source>Revoke the key…</source>
        <translation>吊销密钥…</translation>
    </message>
    <message>
        <source>It has a key of its own. Revoking shuts out this client and no other.</source>
        <translation>它有自己的密钥。吊销只会拒绝这个客户端，不影响其他客户端。</translation>
    </message>
    <message>
        <source>It has none. One is made when you connect it, copy its key or start it here.</source>
        <translation>它还没有密钥。在这里连接、复制密钥或启动时会生成一个。</translation>
    </message>
    <message>
        <source>No request with it yet.</source>
        <translation>还没有用它发过请求。</translation>
    </message>
    <message>
        <source>Last request: {time}</source>
        <translation>最近一次请求：{time}</translation>
    </message>
    <message>
        <source>Revoke the key of {client}?</source>
        <translation>吊销 {client} 的密钥？</translation>
    </message>
    <message>
        <source>Revoke</source>
        <translation>吊销</translation>
    </message>
    <message>
        <source>Its requests are refused from now on. Its settings stay as they are.</source>
        <translation>从现在起它的请求都会被拒绝。它的设置保持不变。</translation>
    </message>
</context>
<context>
    <name>KeyringBanner</name>
    <message>
        <source>The system&apos;s key store is locked</source>
        <translation>系统密钥库已锁定</translation>
    </message>
    <message>
        <source>The gateway&apos;s keys are kept there. Unlock it in the window that asks for its password; the gateway starts at once then.</source>
        <translation>网关的密钥保存在其中。请在询问密码的窗口中解锁，网关随即启动。</translation>
    </message>
    <message>
        <source>Go on without it</source>
        <translation>不等它，继续</translation>
    </message>
</context>
<context>
    <name>LaunchCard</name>
    <message>
        <source>Start it from here</source>
        <translation>从这里启动</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Folder it works in</source>
        <translation>工作文件夹</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Choose the folder it works in</source>
        <translation>选择工作文件夹</translation>
    </message>
    <message>
        <source>Open in a terminal</source>
        <translation>在终端中打开</translation>
    </message>
    <message>
        <source>{client} gets the address and its key for this start; no file changes.</source>
        <translation>{client} 这次启动时会得到地址和它的密钥；不更改任何文件。</translation>
    </message>
    <message>
        <source>Install {client} first: it was not found on this computer.</source>
        <translation>请先安装 {client}：在本机上没有找到它。</translation>
    </message>
</context>
<context>
    <name>Leaving</name>
    <message>
        <source>Requests are still being answered. Quit anyway?</source>
        <translation>仍有请求正在处理，确定要退出吗？</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>Life</name>
    <message>
        <source>Started: {version}</source>
        <translation>已启动：{version}</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>已启动</translation>
    </message>
    <message>
        <source>Stopped answering</source>
        <translation>不再响应</translation>
    </message>
    <message>
        <source>Answers again</source>
        <translation>恢复响应</translation>
    </message>
    <message>
        <source>Gave no sign of life for too long: restarted</source>
        <translation>长时间没有响应：已重启</translation>
    </message>
    <message>
        <source>Signed in: {account}</source>
        <translation>已登录：{account}</translation>
    </message>
    <message>
        <source>Signed in</source>
        <translation>已登录</translation>
    </message>
    <message>
        <source>Could not start. {why}</source>
        <translation>无法启动。{why}</translation>
    </message>
    <message>
        <source>Could not start. {why}: {detail}</source>
        <translation>无法启动。{why}：{detail}</translation>
    </message>
    <message>
        <source>No longer signed in</source>
        <translation>不再处于登录状态</translation>
    </message>
    <message>
        <source>Refused a request: out of quota</source>
        <translation>拒绝了一个请求：额度用尽</translation>
    </message>
    <message>
        <source>Answers again: quota is back</source>
        <translation>恢复回答：额度已恢复</translation>
    </message>
    <message>
        <source>You restarted it</source>
        <translation>您重启了它</translation>
    </message>
    <message>
        <source>You stopped it</source>
        <translation>您停止了它</translation>
    </message>
    <message>
        <source>Restarted for changed settings</source>
        <translation>因设置更改而重启</translation>
    </message>
    <message>
        <source>You started it</source>
        <translation>您启动了它</translation>
    </message>
    <message>
        <source>Could not start</source>
        <translation>无法启动</translation>
    </message>
    <message>
        <source>The connection was lost</source>
        <translation>连接中断</translation>
    </message>
    <message>
        <source>Ended by itself</source>
        <translation>自行结束</translation>
    </message>
    <message>
        <source>Ended by {signal}</source>
        <translation>被 {signal} 结束</translation>
    </message>
    <message>
        <source>Ended by itself with code {code}</source>
        <translation>自行结束，退出码 {code}</translation>
    </message>
</context>
<context>
    <name>LifePart</name>
    <message>
        <source>What happened</source>
        <translation>经过</translation>
    </message>
    <message>
        <source>Nothing yet.</source>
        <translation>尚无记录。</translation>
    </message>
    <message>
        <source>Show fewer</source>
        <translation>收起</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
</context>
<context>
    <name>LogPart</name>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Which log</source>
        <translation>日志来源</translation>
    </message>
    <message>
        <source>Log file</source>
        <translation>日志文件</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Find…</source>
        <translation>查找…</translation>
    </message>
    <message>
        <source>Search the log (Ctrl+F)</source>
        <translation>在日志中查找（Ctrl+F）</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>It has not written a log that could be read here.</source>
        <translation>没有可在此读取的日志文件。</translation>
    </message>
    <message>
        <source>It has printed nothing yet.</source>
        <translation>尚无输出。</translation>
    </message>
    <message>
        <source>read at {time}</source>
        <translation>{time} 读取</translation>
    </message>
    <message>
        <source>what the program printed</source>
        <translation>程序的输出</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Demo answers – Lingma Gateway</source>
        <translation>演示回答 – Lingma Gateway</translation>
    </message>
</context>
<context>
    <name>MarkdownView</name>
    <message>
        <source>Show more (characters left: {count})</source>
        <translation>显示更多（还有 {count} 个字符）</translation>
    </message>
</context>
<context>
    <name>MessageRows</name>
    <message>
        <source>Model {model}, tools: {n}</source>
        <translation>模型 {model}，{n} 个工具</translation>
    </message>
    <message>
        <source>New in this turn</source>
        <translation>本轮新增</translation>
    </message>
    <message>
        <source>Changed since the turn before</source>
        <translation>与上一轮相比有改动</translation>
    </message>
    <message>
        <source>Stood in the turn before, gone now</source>
        <translation>上一轮中有，现已消失</translation>
    </message>
    <message>
        <source>The same beginning as in the turn before</source>
        <translation>与上一轮相同的开头</translation>
    </message>
    <message>
        <source>As in the turn before</source>
        <translation>与上一轮相同</translation>
    </message>
</context>
<context>
    <name>ModelsPart</name>
    <message>
        <source>Models: {n}</source>
        <translation>模型：{n}</translation>
    </message>
    <message>
        <source>It names none: they come once somebody is signed in.</source>
        <translation>没有列出模型：登录后即会显示。</translation>
    </message>
    <message>
        <source>Show fewer</source>
        <translation>收起</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
</context>
<context>
    <name>NoClients</name>
    <message>
        <source>Looking for clients…</source>
        <translation>正在查找客户端…</translation>
    </message>
    <message>
        <source>Each program that can use the gateway is listed here, with what to do to connect it, as soon as the gateway runs.</source>
        <translation>网关运行后，这里会列出每个可以使用网关的程序，以及接入它要做的事。</translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>No Lingma was found on this computer</source>
        <translation>本机未找到灵码</translation>
    </message>
    <message>
        <source>Lingma can be fetched and chosen here. If you install its plugin in VS Code or a JetBrains editor, start the gateway again.</source>
        <translation>可以在这里下载并选择灵码；如果在 VS Code 或 JetBrains 编辑器中安装了灵码插件，请重新启动网关。</translation>
    </message>
    <message>
        <source>The history was brought up to date</source>
        <translation>历史记录已升级</translation>
    </message>
    <message>
        <source>A copy as it was is kept beside it for two weeks.</source>
        <translation>升级前的副本会在旁边保留两周。</translation>
    </message>
    <message>
        <source>The history is of a newer version</source>
        <translation>历史记录来自更新的版本</translation>
    </message>
    <message>
        <source>It is left as it is, and requests are kept in memory only: update this program.</source>
        <translation>文件保持原样，请求仅保存在内存中：请更新本程序。</translation>
    </message>
    <message>
        <source>The settings were brought up to date</source>
        <translation>设置已升级到新版本的格式</translation>
    </message>
    <message>
        <source>The file as it was is kept beside it, with its version at the end of its name.</source>
        <translation>原文件保留在旁边，文件名末尾带有其版本号。</translation>
    </message>
    <message>
        <source>What this window remembers is of a newer version</source>
        <translation>此窗口的偏好来自更新的版本</translation>
    </message>
    <message>
        <source>It is left as it is: changes of language, theme or layout last until you quit. Update this program.</source>
        <translation>它保持不变：语言、主题和布局的更改只在退出前有效。请更新本程序。</translation>
    </message>
    <message>
        <source>The history cannot be used</source>
        <translation>无法使用历史记录</translation>
    </message>
    <message>
        <source>Requests are kept in memory only; the log says why.</source>
        <translation>请求仅保存在内存中，原因见日志。</translation>
    </message>
</context>
<context>
    <name>Notify</name>
    <message>
        <source>A sign-in has expired</source>
        <translation>登录已过期</translation>
    </message>
    <message>
        <source>Sign-in needed</source>
        <translation>需要登录</translation>
    </message>
    <message>
        <source>{name} cannot answer until someone signs in.</source>
        <translation>登录之前，{name} 无法回答。</translation>
    </message>
    <message>
        <source>{name} has failed</source>
        <translation>{name} 运行失败</translation>
    </message>
    <message>
        <source>Several things need you</source>
        <translation>有几件事需要您处理</translation>
    </message>
    <message>
        <source>Lingma Gateway keeps running</source>
        <translation>Lingma Gateway 仍在运行</translation>
    </message>
    <message>
        <source>It lives in the system tray. Click the icon to open the window.</source>
        <translation>它位于系统托盘，点击图标即可打开窗口。</translation>
    </message>
</context>
<context>
    <name>OverviewBanners</name>
    <message>
        <source>Start again</source>
        <translation>重新启动</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Use the next free port</source>
        <translation>使用下一个空闲端口</translation>
    </message>
    <message>
        <source>Who should answer…</source>
        <translation>由谁来回答…</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>知道了</translation>
    </message>
    <message>
        <source>Settings or command line name the bundled stand-in as what answers.</source>
        <translation>设置或命令行指定由内置的模拟程序作答。</translation>
    </message>
    <message>
        <source>A bundled stand-in answers instead. Lingma can be fetched and chosen here. If you install its plugin in VS Code or a JetBrains editor, start the gateway again.</source>
        <translation>目前由内置的模拟程序作答。可以在这里下载并选用灵码。如果在 VS Code 或 JetBrains 编辑器中安装了灵码插件，请重新启动网关。</translation>
    </message>
    <message>
        <source>Demo answers: they do not come from Lingma</source>
        <translation>演示回答：并非来自灵码</translation>
    </message>
    <message>
        <source>Last error, {time}, {source}: {title}</source>
        <translation>最近错误（{time}，{source}）：{title}</translation>
    </message>
    <message>
        <source>This desktop has no system tray</source>
        <translation>此桌面没有系统托盘</translation>
    </message>
    <message>
        <source>The gateway lives in this window: minimise it to keep it running. Closing the window ends the gateway.</source>
        <translation>网关依附于此窗口：最小化可保持运行，关闭窗口即退出网关。</translation>
    </message>
</context>
<context>
    <name>OverviewTab</name>
    <message>
        <source>{advice}
Details: {message}</source>
        <translation>{advice}
详情：{message}</translation>
    </message>
    <message>
        <source>Turn</source>
        <translation>轮次</translation>
    </message>
    <message>
        <source>its answer had ended {time} before</source>
        <translation>其回答在 {time}前结束</translation>
    </message>
    <message>
        <source>Turn before</source>
        <translation>上一轮</translation>
    </message>
    <message>
        <source>began {time} after this answer&apos;s end</source>
        <translation>在本次回答结束 {time}后开始</translation>
    </message>
    <message>
        <source>Turn after</source>
        <translation>下一轮</translation>
    </message>
    <message>
        <source>Client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>密钥</translation>
    </message>
    <message>
        <source>Asked</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>会话</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>First words</source>
        <translation>首字</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>总计</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>{n} in, {m} out</source>
        <translation>输入 {n}，输出 {m}</translation>
    </message>
    <message>
        <source>Tools declared</source>
        <translation>声明的工具</translation>
    </message>
    <message>
        <source>Secrets removed from</source>
        <translation>已移除密钥的位置</translation>
    </message>
    <message>
        <source>Request id</source>
        <translation>请求 ID</translation>
    </message>
    <message>
        <source>running</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>{status}: the client hung up</source>
        <translation>{status}：客户端已断开</translation>
    </message>
</context>
<context>
    <name>Panels</name>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Requests</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>Health</source>
        <translation>运行状况</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>账号</translation>
    </message>
    <message>
        <source>Clients</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
</context>
<context>
    <name>PasswordForm</name>
    <message>
        <source>Remember the password</source>
        <translation>记住密码</translation>
    </message>
    <message>
        <source>In the system&apos;s keyring, or encrypted with a passphrase; never in plain text.</source>
        <translation>存入系统密钥库，或以口令加密；绝不以明文保存。</translation>
    </message>
    <message>
        <source>Passphrase, only where this computer has no keyring</source>
        <translation>口令，仅在本机没有密钥库时需要</translation>
    </message>
    <message>
        <source>Sign in automatically</source>
        <translation>自动登录</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>A browser on this computer fills in the sign-in page by itself. Where a captcha or a code is asked for, you are.</source>
        <translation>本机的浏览器会自动填写登录页面。遇到验证码时会请您操作。</translation>
    </message>
    <message>
        <source>User name</source>
        <translation>用户名</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>A password is kept for this account: leave both fields empty to use it.</source>
        <translation>此账号已保存密码：两个字段留空即可使用它。</translation>
    </message>
    <message>
        <source>A password is kept for this account, but it is locked: enter its passphrase and leave the other fields empty.</source>
        <translation>此账号已保存密码，但处于锁定状态：请输入其口令，其他字段留空。</translation>
    </message>
</context>
<context>
    <name>PasteCard</name>
    <message>
        <source>Paste it yourself</source>
        <translation>手动粘贴</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Hide the key</source>
        <translation>隐藏密钥</translation>
    </message>
    <message>
        <source>Show the key</source>
        <translation>显示密钥</translation>
    </message>
</context>
<context>
    <name>PlacesCard</name>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>How much is logged until the next start</source>
        <translation>下次启动前的日志详细程度</translation>
    </message>
    <message>
        <source>Log level</source>
        <translation>日志级别</translation>
    </message>
    <message>
        <source>Holds until the next start. To keep a level, set Log level in Settings.</source>
        <translation>下次启动前有效；要长期有效，请在“设置”中修改“日志级别”。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open the folder of: {what}</source>
        <translation>打开所在文件夹：{what}</translation>
    </message>
</context>
<context>
    <name>PlanView</name>
    <message>
        <source>What would change</source>
        <translation>将会更改的内容</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>This would change in the file:</source>
        <translation>文件中将会更改：</translation>
    </message>
    <message>
        <source>Undo would change this in the file:</source>
        <translation>撤销将会更改文件中的：</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Nothing else is touched. The key is not shown here.</source>
        <translation>其他内容都不会改动。这里不显示密钥。</translation>
    </message>
</context>
<context>
    <name>Probe</name>
    <message>
        <source>List of models</source>
        <translation>模型列表</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Streaming, with usage</source>
        <translation>流式输出，含用量</translation>
    </message>
    <message>
        <source>Streaming</source>
        <translation>流式输出</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Reasoning</source>
        <translation>推理</translation>
    </message>
    <message>
        <source>Thinking, system messages in between</source>
        <translation>思考，中间夹有系统消息</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Errors in OpenAI&apos;s form</source>
        <translation>OpenAI 格式的错误</translation>
    </message>
    <message>
        <source>Errors in Anthropic&apos;s form</source>
        <translation>Anthropic 格式的错误</translation>
    </message>
    <message>
        <source>Two streams at once</source>
        <translation>同时两个流</translation>
    </message>
    <message>
        <source>WebSocket refused as expected</source>
        <translation>按预期拒绝 WebSocket</translation>
    </message>
    <message>
        <source>Message threads refused as expected</source>
        <translation>按预期拒绝消息线程</translation>
    </message>
    <message>
        <source>Counting tokens</source>
        <translation>计算词元</translation>
    </message>
    <message>
        <source>First look at the server</source>
        <translation>启动时查看服务器</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>HTTP {status}: {detail}</source>
        <translation>HTTP {status}：{detail}</translation>
    </message>
    <message>
        <source>HTTP {status}, not of the expected form</source>
        <translation>HTTP {status}，格式不符合预期</translation>
    </message>
    <message>
        <source>The answer lacks {detail}</source>
        <translation>回答缺少 {detail}</translation>
    </message>
    <message>
        <source>The stream lacks {detail}</source>
        <translation>流中缺少 {detail}</translation>
    </message>
    <message>
        <source>The model did not call the tool</source>
        <translation>模型没有调用工具</translation>
    </message>
    <message>
        <source>The answer does not end as a tool call</source>
        <translation>回答没有以工具调用结束</translation>
    </message>
    <message>
        <source>The call lacks its argument</source>
        <translation>调用缺少参数</translation>
    </message>
    <message>
        <source>HTTP {status} instead of {detail}</source>
        <translation>HTTP {status}，应为 {detail}</translation>
    </message>
    <message>
        <source>No answer: {detail}</source>
        <translation>没有回答：{detail}</translation>
    </message>
</context>
<context>
    <name>ProductCard</name>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Answered by</source>
        <translation>回答来源</translation>
    </message>
    <message>
        <source>Free software under the MIT licence. Not made by Alibaba; Lingma belongs to its owner.</source>
        <translation>自由软件，采用 MIT 许可证。并非阿里巴巴出品；灵码归其所有者所有。</translation>
    </message>
    <message>
        <source>Show the first steps</source>
        <translation>重新查看初始设置</translation>
    </message>
</context>
<context>
    <name>ProgramCard</name>
    <message>
        <source>Lingma program</source>
        <translation>灵码程序</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>正在使用</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Address of a VSIX</source>
        <translation>VSIX 的地址</translation>
    </message>
    <message>
        <source>Download from the marketplace</source>
        <translation>从市场下载</translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation>选择文件…</translation>
    </message>
    <message>
        <source>A Lingma program, or a .vsix file</source>
        <translation>灵码程序，或 .vsix 文件</translation>
    </message>
    <message>
        <source>Cancel the download</source>
        <translation>取消下载</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Download from this address</source>
        <translation>从此地址下载</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>正在查找…</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Go on with the download ({size})</source>
        <translation>继续下载（已有 {size}）</translation>
    </message>
    <message>
        <source>The bundled demo answers. Get Lingma here: the gateway takes it over by itself.</source>
        <translation>目前由内置演示回答。可在这里下载灵码，网关会自动启用它。</translation>
    </message>
    <message>
        <source>No Lingma was found in the folders of its editors and plugins. Download it, or choose its program.</source>
        <translation>在编辑器和插件的文件夹中没有找到灵码。请下载，或选择其程序。</translation>
    </message>
    <message>
        <source>Another program comes first: it was found on this computer, or named in the settings. To use a version from here, press Use.</source>
        <translation>另一个程序优先：它是在本机找到的，或在设置中指定的。要使用这里的版本，请点“使用”。</translation>
    </message>
    <message>
        <source>Downloaded versions</source>
        <translation>已下载的版本</translation>
    </message>
    <message>
        <source>{version} – in use</source>
        <translation>{version} – 正在使用</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Use {version}</source>
        <translation>使用 {version}</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Remove {version}</source>
        <translation>删除 {version}</translation>
    </message>
    <message>
        <source>Choose a Lingma program or a VSIX</source>
        <translation>选择灵码程序或 VSIX</translation>
    </message>
    <message>
        <source>Remove Lingma {version} from this computer?</source>
        <translation>从本机删除灵码 {version}？</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>It can be downloaded again. Logins stay.</source>
        <translation>可以再次下载。登录会保留。</translation>
    </message>
</context>
<context>
    <name>ProgramStep</name>
    <message>
        <source>Programs</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Download Lingma</source>
        <translation>下载灵码</translation>
    </message>
    <message>
        <source>Downloading Lingma</source>
        <translation>正在下载灵码</translation>
    </message>
    <message>
        <source>Demo</source>
        <translation>演示</translation>
    </message>
    <message>
        <source>A bundled stand-in, to look around. Its answers never come from Lingma.</source>
        <translation>内置的模拟程序，供您先看看。它的回答从不来自灵码。</translation>
    </message>
    <message>
        <source>The settings name what answers here: {what}. Nothing to choose.</source>
        <translation>设置已指定由谁回答：{what}。无需选择。</translation>
    </message>
    <message>
        <source>Not found on this computer. It can be downloaded from its maker.</source>
        <translation>本机没有找到。可以从其发布者处下载。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
</context>
<context>
    <name>Programs</name>
    <message>
        <source>Looking at the source…</source>
        <translation>正在查看来源…</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>正在下载</translation>
    </message>
    <message>
        <source>Unpacking</source>
        <translation>正在解压</translation>
    </message>
    <message>
        <source>Lingma {version} is installed</source>
        <translation>灵码 {version} 已安装</translation>
    </message>
    <message>
        <source>The download has failed</source>
        <translation>下载失败</translation>
    </message>
    <message>
        <source>Cancelled: what has come is kept</source>
        <translation>已取消：已下载的部分会保留</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
    <message>
        <source>{speed}/s</source>
        <translation>{speed}/秒</translation>
    </message>
    <message>
        <source>A VSIX is fetched from an https address without a password in it.</source>
        <translation>VSIX 只能从不含密码的 https 地址下载。</translation>
    </message>
    <message>
        <source>LINGMA_VSIX_SHA256 is no SHA-256, which has 64 hexadecimal digits.</source>
        <translation>LINGMA_VSIX_SHA256 不是 SHA-256：应为 64 位十六进制数字。</translation>
    </message>
    <message>
        <source>LINGMA_MARKETPLACE_URL, LINGMA_VSIX_URL or LINGMA_VSIX_SHA256 cannot be used. Correct them in the settings.</source>
        <translation>LINGMA_MARKETPLACE_URL、LINGMA_VSIX_URL 或 LINGMA_VSIX_SHA256 无法使用，请在设置中更正。</translation>
    </message>
    <message>
        <source>The file cannot be read.</source>
        <translation>无法读取该文件。</translation>
    </message>
    <message>
        <source>The server cannot be reached. Check the network and the proxy, then go on: what has come is kept.</source>
        <translation>无法连接服务器。请检查网络和代理后继续：已下载的部分会保留。</translation>
    </message>
    <message>
        <source>The server does not hand this file out. Check the address, or choose a .vsix file.</source>
        <translation>服务器不提供此文件。请检查地址，或选择一个 .vsix 文件。</translation>
    </message>
    <message>
        <source>The server&apos;s certificate is not valid. In a company network, install the company&apos;s certificate in the system.</source>
        <translation>服务器证书无效。在公司网络中，请把公司证书安装到系统里。</translation>
    </message>
    <message>
        <source>The server sends more than a Lingma extension can be. Check the address.</source>
        <translation>服务器发来的内容超出灵码扩展可能的大小，请检查地址。</translation>
    </message>
    <message>
        <source>There is not enough room on the disk. Free some and try again.</source>
        <translation>磁盘空间不足，请清理后重试。</translation>
    </message>
    <message>
        <source>The file is not whole: the connection may have broken before its end, which this server gives no means to notice. Try again.</source>
        <translation>文件不完整：连接可能在传完之前就断开了，而这台服务器没有提供可供察觉的信息。请重试。</translation>
    </message>
    <message>
        <source>This VSIX holds what no Lingma has. It was refused, nothing was changed.</source>
        <translation>此 VSIX 含有灵码不会有的内容，已拒绝，未作任何更改。</translation>
    </message>
    <message>
        <source>The program in this VSIX is too small to be Lingma. It was refused.</source>
        <translation>此 VSIX 中的程序太小，不可能是灵码，已拒绝。</translation>
    </message>
    <message>
        <source>The folder of the programs cannot be changed. Check who may write there; a version that runs may have to be stopped first.</source>
        <translation>无法更改程序文件夹。请检查写入权限；正在运行的版本可能需要先停止。</translation>
    </message>
    <message>
        <source>This version is no longer here.</source>
        <translation>此版本已不存在。</translation>
    </message>
    <message>
        <source>The settings file was changed meanwhile. Try again.</source>
        <translation>设置文件在此期间已被修改，请重试。</translation>
    </message>
    <message>
        <source>({detail})</source>
        <translation>（{detail}）</translation>
    </message>
    <message>
        <source>(free / needed: {detail})</source>
        <translation>（可用 / 需要：{detail}）</translation>
    </message>
    <message>
        <source>Its SHA-256 is {detail}.</source>
        <translation>它的 SHA-256 为 {detail}。</translation>
    </message>
    <message>
        <source>The file is not the one that was pinned by LINGMA_VSIX_SHA256.</source>
        <translation>文件与 LINGMA_VSIX_SHA256 指定的不符。</translation>
    </message>
    <message>
        <source>This VSIX holds no Lingma program for this computer.</source>
        <translation>此 VSIX 中没有适用于本机的灵码程序。</translation>
    </message>
    <message>
        <source>This is no VSIX. Check the address or the file.</source>
        <translation>这不是 VSIX。请检查地址或文件。</translation>
    </message>
    <message>
        <source>The file is damaged. Fetch it again.</source>
        <translation>文件已损坏。请重新下载。</translation>
    </message>
    <message>
        <source>{file} is neither a program that can be run nor a VSIX.</source>
        <translation>{file} 既不是可运行的程序，也不是 VSIX。</translation>
    </message>
    <message>
        <source>LINGMA_BIN is set outside of the settings file and names another program: that one comes first.</source>
        <translation>LINGMA_BIN 在设置文件之外指定了另一个程序，以它为准。</translation>
    </message>
</context>
<context>
    <name>PulseView</name>
    <message>
        <source>Requests / min</source>
        <translation>请求 / 分钟</translation>
    </message>
    <message>
        <source>First words</source>
        <translation>首字</translation>
    </message>
    <message>
        <source>Errors in 10 min</source>
        <translation>10 分钟内错误</translation>
    </message>
</context>
<context>
    <name>Refusal</name>
    <message>
        <source>the environment</source>
        <translation>环境变量</translation>
    </message>
    <message>
        <source>the command line</source>
        <translation>命令行</translation>
    </message>
    <message>
        <source>the file to import</source>
        <translation>要导入的文件</translation>
    </message>
    <message>
        <source>it is not allowed</source>
        <translation>没有权限</translation>
    </message>
    <message>
        <source>the disk is read-only</source>
        <translation>磁盘为只读</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>it does not exist</source>
        <translation>不存在</translation>
    </message>
    <message>
        <source>it is a folder</source>
        <translation>这是文件夹</translation>
    </message>
    <message>
        <source>a file stands where its folder should be</source>
        <translation>其文件夹的位置上是一个文件</translation>
    </message>
    <message>
        <source>the disk does not answer properly</source>
        <translation>磁盘读写出错</translation>
    </message>
    <message>
        <source>{title} ({name}, from {source}): {problem}</source>
        <translation>{title}（{name}，来自{source}）：{problem}</translation>
    </message>
    <message>
        <source>it is not there, cut off, or no bundle</source>
        <translation>文件不存在、不完整，或不是登录包</translation>
    </message>
    <message>
        <source>it holds more than a login</source>
        <translation>其中不只有登录信息</translation>
    </message>
    <message>
        <source>it is too large for a login</source>
        <translation>对登录包来说太大</translation>
    </message>
    <message>
        <source>there is no login in it</source>
        <translation>其中没有登录信息</translation>
    </message>
    <message>
        <source>it is encrypted, and a start cannot ask for its passphrase</source>
        <translation>它已加密，而启动时无法询问口令</translation>
    </message>
    <message>
        <source>{title}: {file} cannot be used, {why}.</source>
        <translation>{title}：{file} 无法使用，{why}。</translation>
    </message>
    <message>
        <source>{title}: this bundle cannot be used, {why}.</source>
        <translation>{title}：此登录包无法使用，{why}。</translation>
    </message>
    <message>
        <source>{source}: there is no setting {name}. Remove it or correct its name.</source>
        <translation>{source}：没有名为 {name} 的设置。请删除或改正名称。</translation>
    </message>
    <message>
        <source>{source}: there is no setting {name}. Is {meant} meant?</source>
        <translation>{source}：没有名为 {name} 的设置。是否应为 {meant}？</translation>
    </message>
    <message>
        <source>{file} is no valid TOML: {words}</source>
        <translation>{file} 不是有效的 TOML：{words}</translation>
    </message>
    <message>
        <source>{file} is no valid TOML: look at line {line}. ({words})</source>
        <translation>{file} 不是有效的 TOML：请查看第 {line} 行。（{words}）</translation>
    </message>
    <message>
        <source>{file} is no settings file.</source>
        <translation>{file} 不是设置文件。</translation>
    </message>
    <message>
        <source>There is no import left to undo.</source>
        <translation>没有可撤销的导入。</translation>
    </message>
    <message>
        <source>{file} is not written in UTF-8.</source>
        <translation>{file} 不是 UTF-8 编码。</translation>
    </message>
    <message>
        <source>{file} cannot be read: {why}</source>
        <translation>无法读取 {file}：{why}</translation>
    </message>
    <message>
        <source>{file} cannot be written: {why}</source>
        <translation>无法写入 {file}：{why}</translation>
    </message>
    <message>
        <source>{file} is written in a way that cannot be edited safely from here: {why}</source>
        <translation>{file} 的写法无法在此安全地编辑：{why}</translation>
    </message>
    <message>
        <source>This is the settings file itself. Choose another name.</source>
        <translation>这就是设置文件本身。请换一个文件名。</translation>
    </message>
    <message>
        <source>The version in {file} is no whole number.</source>
        <translation>{file} 中的 version 不是整数。</translation>
    </message>
    <message>
        <source>{file} is of a newer Lingma Gateway. Update this program; the file stays as it is.</source>
        <translation>{file} 来自更新版本的 Lingma Gateway。请更新本程序；该文件保持不变。</translation>
    </message>
    <message>
        <source>The settings file {file} does not exist.</source>
        <translation>设置文件 {file} 不存在。</translation>
    </message>
    <message>
        <source>The settings file was changed by somebody else meanwhile. Look at it, then try again.</source>
        <translation>设置文件在此期间被其他程序修改。请查看后重试。</translation>
    </message>
    <message>
        <source>A text holds half a character, which cannot be written. Type it anew.</source>
        <translation>文本中有半个字符，无法写入。请重新输入。</translation>
    </message>
    <message>
        <source>Names of fields: {why}</source>
        <translation>字段名称：{why}</translation>
    </message>
    <message>
        <source>{file} is a file, or lies below one. Name a folder; it is made if need be.</source>
        <translation>{file} 是文件，或位于某个文件之下。请填写文件夹，不存在时会自动创建。</translation>
    </message>
    <message>
        <source>You may not write into {file}. Name another folder.</source>
        <translation>您不能写入 {file}。请指定另一个文件夹。</translation>
    </message>
    <message>
        <source>Passphrase: {file} cannot be read.</source>
        <translation>口令：无法读取 {file}。</translation>
    </message>
    <message>
        <source>Passphrase: the first line of {file} is empty.</source>
        <translation>口令：{file} 的第一行为空。</translation>
    </message>
    <message>
        <source>The program is to come from a VSIX address, and there is none. Enter it.</source>
        <translation>程序应来自 VSIX 地址，但地址为空。请填写。</translation>
    </message>
    <message>
        <source>No instance has a model {model}. There are: {models}.</source>
        <translation>没有实例提供模型 {model}。可用的有：{models}。</translation>
    </message>
    <message>
        <source>{file} is not written in UTF-8</source>
        <translation>{file} 不是 UTF-8 编码</translation>
    </message>
    <message>
        <source>{file} is a link that leads to itself</source>
        <translation>{file} 是指向自身的链接</translation>
    </message>
    <message>
        <source>{file} is no plain file</source>
        <translation>{file} 不是普通文件</translation>
    </message>
    <message>
        <source>the file is too large for settings</source>
        <translation>文件对设置来说太大</translation>
    </message>
    <message>
        <source>{file} has several names (hard links), which would come apart</source>
        <translation>{file} 有多个名称（硬链接），编辑会使它们分离</translation>
    </message>
    <message>
        <source>{file} was changed at this very moment</source>
        <translation>{file} 正在此刻被修改</translation>
    </message>
    <message>
        <source>it is no valid {form}: {words}</source>
        <translation>它不是有效的 {form}：{words}</translation>
    </message>
    <message>
        <source>{key} stands in it twice</source>
        <translation>其中 {key} 出现了两次</translation>
    </message>
    <message>
        <source>nothing else in it may change, and that could not be proven</source>
        <translation>无法保证其余内容保持不变</translation>
    </message>
    <message>
        <source>the note of what was changed there cannot be read</source>
        <translation>无法读取此前所做更改的记录</translation>
    </message>
    <message>
        <source>There is no program {file}.</source>
        <translation>程序 {file} 不存在。</translation>
    </message>
    <message>
        <source>{file} is not a program that you may run on this computer.</source>
        <translation>{file} 不是您可以在本机上运行的程序。</translation>
    </message>
    <message>
        <source>{instance} names no program, and no Lingma was found. Fetch it under Accounts, or name one.</source>
        <translation>{instance} 没有指定程序，也没有找到灵码。请在“账号”中下载，或指定一个程序。</translation>
    </message>
    <message>
        <source>{first} and {second} both have the folder {folder}. Give each its own.</source>
        <translation>{first} 与 {second} 使用同一文件夹 {folder}。请分别指定。</translation>
    </message>
    <message>
        <source>{instance}: {command} is no program on this computer. Enter its path, or choose a known agent.</source>
        <translation>{instance}：本机上没有程序 {command}。请填写其路径，或选择已知的智能体。</translation>
    </message>
    <message>
        <source>{instance}: only programs on this computer can be attached to, as ws://127.0.0.1:PORT/PATH.</source>
        <translation>{instance}：只能连接本机上的程序，形式为 ws://127.0.0.1:PORT/PATH。</translation>
    </message>
    <message>
        <source>{instance}: {title} ({program}) was not found. Install it, or enter the path of its program.</source>
        <translation>{instance}：未找到 {title}（{program}）。请安装，或填写其程序路径。</translation>
    </message>
    <message>
        <source>{instance}: a quote is not closed in the sign-in command.</source>
        <translation>{instance}：登录命令中有引号没有闭合。</translation>
    </message>
    <message>
        <source>At {host} other computers can reach the gateway: enter an API key first, or use 127.0.0.1.</source>
        <translation>在 {host} 上其他电脑可以访问网关：请先填写 API 密钥，或使用 127.0.0.1。</translation>
    </message>
    <message>
        <source>Port {port} is taken by another program. Choose another one.</source>
        <translation>端口 {port} 已被其他程序占用。请换一个。</translation>
    </message>
    <message>
        <source>This computer has no address {host}. Use 127.0.0.1, or 0.0.0.0 for all.</source>
        <translation>本机没有地址 {host}。请使用 127.0.0.1，或用 0.0.0.0 表示全部。</translation>
    </message>
    <message>
        <source>The system does not allow port {port}. Those below 1024 are reserved.</source>
        <translation>系统不允许使用端口 {port}。1024 以下的端口是保留的。</translation>
    </message>
    <message>
        <source>No instance can answer now. Wait until one is ready, or restart it.</source>
        <translation>现在没有可以回答的实例。请等待就绪，或重启实例。</translation>
    </message>
    <message>
        <source>Nobody is signed in. Sign in under Accounts.</source>
        <translation>尚未登录。请在“账号”中登录。</translation>
    </message>
    <message>
        <source>There is no instance {instance} any more. Look at the page again.</source>
        <translation>实例 {instance} 已不存在。请重新查看此页。</translation>
    </message>
</context>
<context>
    <name>Remedy</name>
    <message>
        <source>Sign in…</source>
        <translation>登录…</translation>
    </message>
    <message>
        <source>Restart it</source>
        <translation>重启</translation>
    </message>
    <message>
        <source>Start it</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>查看日志</translation>
    </message>
    <message>
        <source>Test it</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Use the next free port</source>
        <translation>使用下一个空闲端口</translation>
    </message>
    <message>
        <source>Open the settings</source>
        <translation>打开设置</translation>
    </message>
    <message>
        <source>Set up the client</source>
        <translation>设置客户端</translation>
    </message>
    <message>
        <source>Show the request</source>
        <translation>查看请求</translation>
    </message>
    <message>
        <source>Show the instances</source>
        <translation>查看实例</translation>
    </message>
    <message>
        <source>Choose a program…</source>
        <translation>选择程序…</translation>
    </message>
    <message>
        <source>You stopped it</source>
        <translation>您停止了它</translation>
    </message>
    <message>
        <source>It takes no requests until it is started again.</source>
        <translation>重新启动之前，它不会接受请求。</translation>
    </message>
    <message>
        <source>The quota is spent, or requests come too fast</source>
        <translation>额度已用尽，或请求过于频繁</translation>
    </message>
    <message>
        <source>Last refused at {time}. Nobody says when it comes back: other instances are asked first until {until}, and the next answer clears this. Another account helps at once.</source>
        <translation>上次拒绝于 {time}。何时恢复不得而知：{until} 之前优先使用其他实例，下一次成功回答后此提示消失。换一个账号可立即解决。</translation>
    </message>
    <message>
        <source>Details: {message}</source>
        <translation>详情：{message}</translation>
    </message>
    <message>
        <source>The program was not found</source>
        <translation>找不到程序</translation>
    </message>
    <message>
        <source>Choose another one, or install it again. {said}</source>
        <translation>请选择其他程序，或重新安装。{said}</translation>
    </message>
    <message>
        <source>The system does not let the program start</source>
        <translation>系统不允许启动该程序</translation>
    </message>
    <message>
        <source>Check who may run it and write to its folder. {said}</source>
        <translation>请检查程序的运行权限和文件夹的写入权限。{said}</translation>
    </message>
    <message>
        <source>The program refuses the gateway</source>
        <translation>该程序拒绝了网关</translation>
    </message>
    <message>
        <source>Start the IDE again, so that it writes its token anew, then restart this instance. {said}</source>
        <translation>请重新启动该 IDE，让它重新写入令牌，然后重新启动此实例。{said}</translation>
    </message>
    <message>
        <source>The program ended by itself</source>
        <translation>程序自行结束</translation>
    </message>
    <message>
        <source>It is started again by itself; if that happens often, its log says why. {said}</source>
        <translation>它会自动重新启动；如果经常发生，请查看日志了解原因。{said}</translation>
    </message>
    <message>
        <source>The connection to the program was lost</source>
        <translation>与程序的连接中断</translation>
    </message>
    <message>
        <source>It is started again by itself. Its log may say why.</source>
        <translation>它会自动重新启动。日志中可能有原因。</translation>
    </message>
    <message>
        <source>It gives no sign of life</source>
        <translation>它没有任何响应</translation>
    </message>
    <message>
        <source>It may be busy and come back by itself. If it stays silent it is restarted; you need not wait.</source>
        <translation>它可能正忙，会自行恢复。如果一直没有响应，会自动重启；您也可以不必等待。</translation>
    </message>
    <message>
        <source>It stopped answering and is being restarted</source>
        <translation>它停止响应，正在重启</translation>
    </message>
    <message>
        <source>If that happens often, its log may say why.</source>
        <translation>如果经常发生，日志中可能有原因。</translation>
    </message>
    <message>
        <source>It takes too long to start</source>
        <translation>启动时间过长</translation>
    </message>
    <message>
        <source>Look into its log, or raise LINGMA_STARTUP_TIMEOUT if this computer is slow. {said}</source>
        <translation>请查看日志；如果本机较慢，可调大 LINGMA_STARTUP_TIMEOUT。{said}</translation>
    </message>
    <message>
        <source>It speaks in a way the gateway does not understand</source>
        <translation>网关无法理解它的通信方式</translation>
    </message>
    <message>
        <source>Another version of the program may help. {said}</source>
        <translation>换一个版本的程序可能有帮助。{said}</translation>
    </message>
    <message>
        <source>Another program uses its folder</source>
        <translation>它的文件夹正被其他程序使用</translation>
    </message>
    <message>
        <source>Close that program, or choose another folder. {said}</source>
        <translation>请关闭那个程序，或选择其他文件夹。{said}</translation>
    </message>
    <message>
        <source>Its port is taken by another program</source>
        <translation>它的端口被其他程序占用</translation>
    </message>
    <message>
        <source>Set LINGMA_SOCKET_PORT to another one, or to 0 for any. {said}</source>
        <translation>请将 LINGMA_SOCKET_PORT 设为其他端口，或设为 0 自动选择。{said}</translation>
    </message>
    <message>
        <source>The gateway made a mistake while starting it</source>
        <translation>网关在启动它时出错</translation>
    </message>
    <message>
        <source>Restart it; please report it if it happens again.</source>
        <translation>请重启它；如果再次发生，请报告问题。</translation>
    </message>
    <message>
        <source>Nobody is signed in</source>
        <translation>尚未登录</translation>
    </message>
    <message>
        <source>Sign in, and it takes requests at once.</source>
        <translation>登录后即可接受请求。</translation>
    </message>
    <message>
        <source>The sign-in has expired</source>
        <translation>登录已过期</translation>
    </message>
    <message>
        <source>Sign in again, and it takes requests at once.</source>
        <translation>重新登录后即可接受请求。</translation>
    </message>
    <message>
        <source>Whether somebody is signed in is not known</source>
        <translation>登录状态未知</translation>
    </message>
    <message>
        <source>The program cannot ask its login service. {said}</source>
        <translation>程序无法查询它的登录服务。{said}</translation>
    </message>
    <message>
        <source>This account may not be used</source>
        <translation>此账号不可使用</translation>
    </message>
    <message>
        <source>Sign in with another account. {said}</source>
        <translation>请使用其他账号登录。{said}</translation>
    </message>
    <message>
        <source>Wait until it comes back, or use another account.</source>
        <translation>请等待恢复，或使用其他账号。</translation>
    </message>
    <message>
        <source>It has stopped or does not start</source>
        <translation>它已停止或无法启动</translation>
    </message>
</context>
<context>
    <name>ReplayTab</name>
    <message>
        <source>Protocol</source>
        <translation>协议</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>This asks for real: it uses the account&apos;s quota, and tools the model calls are not run.</source>
        <translation>这会发出真实请求：将消耗账号额度，且不会运行模型调用的工具。</translation>
    </message>
    <message>
        <source>New answer</source>
        <translation>新回答</translation>
    </message>
    <message>
        <source>The new answer streams in here.</source>
        <translation>新回答会显示在这里。</translation>
    </message>
    <message>
        <source>First and new answer compared</source>
        <translation>首次回答与新回答的对比</translation>
    </message>
    <message>
        <source>Views of the replay</source>
        <translation>重放的视图</translation>
    </message>
    <message>
        <source>Compared with the first</source>
        <translation>与首次对比</translation>
    </message>
    <message>
        <source>Any</source>
        <translation>任意</translation>
    </message>
    <message>
        <source>Not in the new request: {names}.</source>
        <translation>新请求中不包含：{names}。</translation>
    </message>
    <message>
        <source>The endpoint is closed. Open it on the overview, then send.</source>
        <translation>端点已关闭。请先在概览中打开，再发送。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Send again</source>
        <translation>重新发送</translation>
    </message>
    <message>
        <source>Asked, waiting for the first words…</source>
        <translation>已发送，正在等待首字…</translation>
    </message>
    <message>
        <source>Answering</source>
        <translation>回答中</translation>
    </message>
    <message>
        <source>Stopped by you</source>
        <translation>已由您停止</translation>
    </message>
    <message>
        <source>Complete</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>first words after {time} (first time {before})</source>
        <translation>首字 {time}（首次 {before}）</translation>
    </message>
    <message>
        <source>total {time} (first time {before})</source>
        <translation>总计 {time}（首次 {before}）</translation>
    </message>
</context>
<context>
    <name>RequestDetail</name>
    <message>
        <source>Sides of the request</source>
        <translation>请求的各个方面</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Client sent</source>
        <translation>客户端发送</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Upstream</source>
        <translation>上游</translation>
    </message>
    <message>
        <source>Sent back</source>
        <translation>返回内容</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>改动</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>Replay</source>
        <translation>重放</translation>
    </message>
    <message>
        <source>Copy as</source>
        <translation>复制为</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>No request chosen</source>
        <translation>未选择请求</translation>
    </message>
    <message>
        <source>Unknown client</source>
        <translation>未知客户端</translation>
    </message>
</context>
<context>
    <name>RequestTable</name>
    <message>
        <source>Requests</source>
        <translation>请求</translation>
    </message>
</context>
<context>
    <name>RequestTableModel</name>
    <message>
        <source>pinned</source>
        <translation>已固定</translation>
    </message>
</context>
<context>
    <name>Requests</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>协议</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>会话</translation>
    </message>
    <message>
        <source>First words</source>
        <translation>首字</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>总用时</translation>
    </message>
    <message>
        <source>Tokens in</source>
        <translation>输入词元</translation>
    </message>
    <message>
        <source>Tokens out</source>
        <translation>输出词元</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>The model the client asked for → the one that answered</source>
        <translation>客户端请求的模型 → 实际作答的模型</translation>
    </message>
    <message>
        <source>Hit: the answer went on in a session the upstream already knew</source>
        <translation>命中：回答在上游已有的会话中继续</translation>
    </message>
    <message>
        <source>From the request to the first content of its answer</source>
        <translation>从收到请求到回答的首个内容</translation>
    </message>
    <message>
        <source>Outline: waiting. Full: answering. All bars have the same scale.</source>
        <translation>空心：等待；实心：作答。所有条形使用同一比例。</translation>
    </message>
    <message>
        <source>Hit</source>
        <translation>命中</translation>
    </message>
    <message>
        <source>Miss</source>
        <translation>未命中</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Answering</source>
        <translation>作答中</translation>
    </message>
    <message>
        <source>{status} Client left</source>
        <translation>{status} 客户端已离开</translation>
    </message>
    <message>
        <source>Busy</source>
        <translation>忙</translation>
    </message>
    <message>
        <source>Slow</source>
        <translation>客户端过慢</translation>
    </message>
    <message>
        <source>Mistake</source>
        <translation>网关出错</translation>
    </message>
    <message>
        <source>Bad key</source>
        <translation>密钥错误</translation>
    </message>
    <message>
        <source>Sign-in</source>
        <translation>未登录</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>方法不支持</translation>
    </message>
    <message>
        <source>Not open</source>
        <translation>未启用</translation>
    </message>
    <message>
        <source>Not ready</source>
        <translation>无可用实例</translation>
    </message>
    <message>
        <source>Filtered</source>
        <translation>内容过滤</translation>
    </message>
    <message>
        <source>Too long</source>
        <translation>过长</translation>
    </message>
    <message>
        <source>Kept out</source>
        <translation>已拦截</translation>
    </message>
    <message>
        <source>Invalid</source>
        <translation>无效请求</translation>
    </message>
    <message>
        <source>Not there</source>
        <translation>不存在</translation>
    </message>
    <message>
        <source>Too large</source>
        <translation>过大</translation>
    </message>
    <message>
        <source>Broke off</source>
        <translation>中断</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>被拒绝</translation>
    </message>
    <message>
        <source>Quota</source>
        <translation>额度用尽</translation>
    </message>
    <message>
        <source>Timed out</source>
        <translation>超时</translation>
    </message>
    <message>
        <source>Sent on</source>
        <translation>已转向</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>waited {wait}</source>
        <translation>已等待 {wait}</translation>
    </message>
    <message>
        <source>waited {wait}, answered for {rest}</source>
        <translation>等待 {wait}，作答 {rest}</translation>
    </message>
    <message>
        <source>There is no record of this request (any more).</source>
        <translation>没有（或已不再有）这个请求的记录。</translation>
    </message>
    <message>
        <source>Together they are larger than {size}. Choose fewer requests.</source>
        <translation>总大小超过 {size}。请少选一些请求。</translation>
    </message>
    <message>
        <source>None of these requests has a record.</source>
        <translation>这些请求都没有记录。</translation>
    </message>
</context>
<context>
    <name>RequestsBeside</name>
    <message>
        <source>Close the details</source>
        <translation>关闭详情</translation>
    </message>
    <message>
        <source>Close the details (Escape in the table)</source>
        <translation>关闭详情（在列表中按 Esc）</translation>
    </message>
    <message>
        <source>Choose one only</source>
        <translation>只选一个</translation>
    </message>
    <message>
        <source>Choose one only (Escape in the table)</source>
        <translation>只选一个（在列表中按 Esc）</translation>
    </message>
</context>
<context>
    <name>RequestsPanel</name>
    <message>
        <source>Only figures are recorded</source>
        <translation>仅记录统计数据</translation>
    </message>
    <message>
        <source>What clients ask and are answered is not kept: RECORD_BODIES is off. Set it to true in the settings to see the details of requests that come from then on.</source>
        <translation>客户端的提问和回答不会保留：RECORD_BODIES 已关闭。在设置中将它设为 true，即可查看此后请求的详情。</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Delete the whole history of requests?</source>
        <translation>要删除全部请求历史吗？</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Pinned requests go as well. This cannot be undone.</source>
        <translation>已固定的请求也会一并删除。此操作无法撤销。</translation>
    </message>
</context>
<context>
    <name>RequestsSplit</name>
    <message>
        <source>Border between the requests and the details</source>
        <translation>请求列表与详情之间的分隔条</translation>
    </message>
</context>
<context>
    <name>RequestsToolbar</name>
    <message>
        <source>Search requests</source>
        <translation>搜索请求</translation>
    </message>
    <message>
        <source>In ids, names, errors and the beginning of the last question (Ctrl+F)</source>
        <translation>在 ID、名称、错误和最后一个问题的开头中查找（Ctrl+F）</translation>
    </message>
    <message>
        <source>Clear…</source>
        <translation>清空…</translation>
    </message>
    <message>
        <source>Delete the whole history of requests</source>
        <translation>删除全部请求历史</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Any status</source>
        <translation>任何状态</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>Succeeded</source>
        <translation>成功</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Client left</source>
        <translation>客户端已离开</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>协议</translation>
    </message>
    <message>
        <source>Any protocol</source>
        <translation>任何协议</translation>
    </message>
    <message>
        <source>Client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Any client</source>
        <translation>任何客户端</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Any instance</source>
        <translation>任何实例</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>已固定</translation>
    </message>
    <message>
        <source>Only requests that are pinned</source>
        <translation>只显示已固定的请求</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Looks in ids, paths, names, errors and the first {n} characters of the last question. Of requests that still run the question is not searched yet.</source>
        <translation>在 ID、路径、名称、错误和最后一个问题的前 {n} 个字符中查找。仍在进行的请求尚不能按问题查找。</translation>
    </message>
    <message>
        <source>Looks in ids, paths, names and codes of errors: questions are not recorded.</source>
        <translation>在 ID、路径、名称和错误代码中查找：问题未被记录。</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Resume, {n} new</source>
        <translation>继续，{n} 个新请求</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>New requests wait until you resume (Space)</source>
        <translation>新请求会等待，直到您继续（空格键）</translation>
    </message>
    <message>
        <source>Requests: {n}</source>
        <translation>请求：{n}</translation>
    </message>
    <message>
        <source>running: {n}</source>
        <translation>进行中：{n}</translation>
    </message>
</context>
<context>
    <name>RowMenu</name>
    <message>
        <source>Unpin</source>
        <translation>取消固定</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>固定</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Copy id</source>
        <translation>复制 ID</translation>
    </message>
    <message>
        <source>Copy as cURL</source>
        <translation>复制为 cURL</translation>
    </message>
    <message>
        <source>Only this client</source>
        <translation>只看这个客户端</translation>
    </message>
    <message>
        <source>Only this instance</source>
        <translation>只看这个实例</translation>
    </message>
</context>
<context>
    <name>Sentences</name>
    <message>
        <source>{title}. {text}</source>
        <translation>{title}。{text}</translation>
    </message>
    <message>
        <source>{one}, {next}</source>
        <translation>{one}、{next}</translation>
    </message>
    <message>
        <source>{text}, {remark}</source>
        <translation>{text}，{remark}</translation>
    </message>
</context>
<context>
    <name>SettingChoices</name>
    <message>
        <source>Not on this computer</source>
        <translation>本机无需密钥</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>始终需要</translation>
    </message>
    <message>
        <source>Debug</source>
        <translation>调试</translation>
    </message>
    <message>
        <source>Info</source>
        <translation>信息</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>On in every request</source>
        <translation>每次请求都开启</translation>
    </message>
    <message>
        <source>Refuse</source>
        <translation>拒绝</translation>
    </message>
    <message>
        <source>Let it run them</source>
        <translation>允许运行</translation>
    </message>
    <message>
        <source>VS Code marketplace</source>
        <translation>VS Code 市场</translation>
    </message>
    <message>
        <source>VSIX address</source>
        <translation>VSIX 地址</translation>
    </message>
</context>
<context>
    <name>SettingGroups</name>
    <message>
        <source>Endpoint</source>
        <translation>端点</translation>
    </message>
    <message>
        <source>Access</source>
        <translation>访问</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Limits and waiting times</source>
        <translation>限制与等待时间</translation>
    </message>
    <message>
        <source>Sessions</source>
        <translation>会话</translation>
    </message>
    <message>
        <source>History and log</source>
        <translation>历史与日志</translation>
    </message>
    <message>
        <source>Lingma</source>
        <translation>灵码</translation>
    </message>
    <message>
        <source>Signing in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>Fetching the program</source>
        <translation>下载程序</translation>
    </message>
    <message>
        <source>Instances</source>
        <translation>实例</translation>
    </message>
</context>
<context>
    <name>SettingHelp</name>
    <message>
        <source>Where the endpoint listens. 127.0.0.1 keeps it on this computer; 0.0.0.0 lets other computers in, with a key.</source>
        <translation>端点监听的地址。127.0.0.1 只限本机；0.0.0.0 允许其他电脑凭密钥访问。</translation>
    </message>
    <message>
        <source>Clients find the gateway here. 0 takes any free port.</source>
        <translation>客户端在此端口找到网关。0 表示任意空闲端口。</translation>
    </message>
    <message>
        <source>Keys that clients may use besides the desktop&apos;s own, one a line.</source>
        <translation>除桌面端自己的密钥外，客户端可以使用的密钥，每行一个。</translation>
    </message>
    <message>
        <source>Opens the internal routes for programs that look after the gateway.</source>
        <translation>供管理网关的程序访问内部接口。</translation>
    </message>
    <message>
        <source>Opens the figures for Prometheus. Empty: an API key does.</source>
        <translation>用于读取 Prometheus 指标。留空则使用 API 密钥。</translation>
    </message>
    <message>
        <source>Shows the figures without a key, where there is no key at all.</source>
        <translation>在没有任何密钥时，无需密钥即可查看指标。</translation>
    </message>
    <message>
        <source>Names that clients may call this computer by, one a line.</source>
        <translation>客户端可以用来访问本机的名称，每行一个。</translation>
    </message>
    <message>
        <source>Origins of web pages and apps, one a line: https://example.com or tauri:.</source>
        <translation>网页和应用的来源，每行一个：https://example.com 或 tauri:。</translation>
    </message>
    <message>
        <source>Requests above this size are refused.</source>
        <translation>超过此大小的请求会被拒绝。</translation>
    </message>
    <message>
        <source>Answers when a client names a model that nobody knows. Empty: Lingma&apos;s own choice.</source>
        <translation>客户端指定了未知模型时由它回答。留空则由灵码选择。</translation>
    </message>
    <message>
        <source>Other names for models, one a line: gpt-4o = kmodel. A * stands for anything.</source>
        <translation>模型的其他名称，每行一个：gpt-4o = kmodel。* 表示任意内容。</translation>
    </message>
    <message>
        <source>Also gives the client&apos;s tools to Lingma and agents, which then call them natively.</source>
        <translation>同时把客户端的工具交给灵码和智能体，由其原生调用。</translation>
    </message>
    <message>
        <source>Whether clients that speak Ollama&apos;s protocol need a key.</source>
        <translation>使用 Ollama 协议的客户端是否需要密钥。</translation>
    </message>
    <message>
        <source>How much is written into the log file. Debug writes the most.</source>
        <translation>写入日志文件的详细程度。“调试”最详细。</translation>
    </message>
    <message>
        <source>Lets Lingma use its own tools in every request, at about 69,000 tokens each.</source>
        <translation>让灵码在每次请求中使用自带工具，每次约 69,000 个词元。</translation>
    </message>
    <message>
        <source>Refusing tells the model why. Otherwise they run on this computer, shell commands too.</source>
        <translation>拒绝时会告知模型原因。允许时它们在本机运行，包括命令行。</translation>
    </message>
    <message>
        <source>How long an answer waits for the client to run its tools. 0: no limit.</source>
        <translation>回答等待客户端运行工具的时间。0 表示不限。</translation>
    </message>
    <message>
        <source>How many requests are answered at the same time. 0: no limit.</source>
        <translation>同时回答的请求数。0 表示不限。</translation>
    </message>
    <message>
        <source>How many may wait for their turn; more are told to come back.</source>
        <translation>可以排队等待的请求数，超出的会被告知稍后再来。</translation>
    </message>
    <message>
        <source>How long a request waits for its turn or for an instance. 0: no limit.</source>
        <translation>请求等待轮到自己或等待实例的时间。0 表示不限。</translation>
    </message>
    <message>
        <source>How long the first words of an answer may take. 0: no limit.</source>
        <translation>回答的首字最多等待多久。0 表示不限。</translation>
    </message>
    <message>
        <source>How long an answer may pause. 0: no limit.</source>
        <translation>回答中途最多停顿多久。0 表示不限。</translation>
    </message>
    <message>
        <source>How long a whole answer may take. 0: no limit.</source>
        <translation>整个回答最多用多久。0 表示不限。</translation>
    </message>
    <message>
        <source>A stream that is silent for so long sends a sign of life. 0: never.</source>
        <translation>流静默这么久后发送保活信号。0 表示从不。</translation>
    </message>
    <message>
        <source>Follow-up requests send only what is new.</source>
        <translation>后续请求只发送新增内容。</translation>
    </message>
    <message>
        <source>How many conversations can be gone on with.</source>
        <translation>可以继续的对话数量。</translation>
    </message>
    <message>
        <source>How long they can be gone on with. 0: no limit.</source>
        <translation>对话可以继续的时间。0 表示不限。</translation>
    </message>
    <message>
        <source>Off: the history holds figures only, no texts.</source>
        <translation>关闭后，历史记录只保留数据，不含文本。</translation>
    </message>
    <message>
        <source>The oldest requests go when it grows above this. 0: no limit.</source>
        <translation>超过此大小时删除最早的请求。0 表示不限。</translation>
    </message>
    <message>
        <source>Requests older than this go. 0: no limit.</source>
        <translation>删除早于此期限的请求。0 表示不限。</translation>
    </message>
    <message>
        <source>Empty: the one that is found on this computer.</source>
        <translation>留空则使用本机找到的程序。</translation>
    </message>
    <message>
        <source>Holds its login and its logs. Empty: in the data folder.</source>
        <translation>存放登录信息和日志。留空则在数据文件夹中。</translation>
    </message>
    <message>
        <source>The WebSocket port of the first instance. 0: any.</source>
        <translation>第一个实例的 WebSocket 端口。0 表示任意。</translation>
    </message>
    <message>
        <source>How long the program may take to start. 0: no limit.</source>
        <translation>程序启动最多用多久。0 表示不限。</translation>
    </message>
    <message>
        <source>How long one of its replies may take. 0: no limit.</source>
        <translation>单次响应最多用多久。0 表示不限。</translation>
    </message>
    <message>
        <source>How many Lingma processes run beside each other.</source>
        <translation>同时运行的灵码进程数。</translation>
    </message>
    <message>
        <source>One instance each, one a line: name:password. Vendors may ban accounts that are pooled: use only your own.</source>
        <translation>每个账号一个实例，每行一个：用户名:密码。共用账号可能被封禁，请只使用自己的账号。</translation>
    </message>
    <message>
        <source>Of the one account that is signed in automatically.</source>
        <translation>自动登录的那个账号。</translation>
    </message>
    <message>
        <source>Better kept in the system&apos;s keyring: sign in under Accounts.</source>
        <translation>建议在“账号”中登录，由系统密钥库保存。</translation>
    </message>
    <message>
        <source>A login to put in place at the start, when there is none.</source>
        <translation>启动时若无登录信息则放入此登录包。</translation>
    </message>
    <message>
        <source>The same, from a file.</source>
        <translation>同上，来自文件。</translation>
    </message>
    <message>
        <source>Where there is a password, with an installed browser.</source>
        <translation>在有密码时，通过已安装的浏览器登录。</translation>
    </message>
    <message>
        <source>The browser that signs in stays hidden.</source>
        <translation>登录用的浏览器保持隐藏。</translation>
    </message>
    <message>
        <source>How long one attempt may take.</source>
        <translation>单次尝试最多用多久。</translation>
    </message>
    <message>
        <source>After the first. A wrong password is never tried twice.</source>
        <translation>首次之后的次数。错误的密码不会重试。</translation>
    </message>
    <message>
        <source>A TOML or JSON file that names fields which are not found by themselves.</source>
        <translation>TOML 或 JSON 文件，指明无法自动找到的输入框。</translation>
    </message>
    <message>
        <source>A file whose first line encrypts remembered passwords where there is no keyring, and opens encrypted login bundles of the settings.</source>
        <translation>没有密钥库时，用此文件的第一行加密记住的密码；也用它打开设置中加密的登录包。</translation>
    </message>
    <message>
        <source>Lets Lingma remember things across conversations.</source>
        <translation>允许灵码跨对话记忆。</translation>
    </message>
    <message>
        <source>Deletes conversations there when nobody goes on in them.</source>
        <translation>无人继续的对话会从灵码历史中删除。</translation>
    </message>
    <message>
        <source>The marketplace of VS Code, or the address of a VSIX file.</source>
        <translation>VS Code 市场，或某个 VSIX 文件的地址。</translation>
    </message>
    <message>
        <source>Its https address.</source>
        <translation>市场的 https 地址。</translation>
    </message>
    <message>
        <source>Of the extension that holds the program.</source>
        <translation>包含该程序的扩展的发布者。</translation>
    </message>
    <message>
        <source>Its name in the marketplace.</source>
        <translation>在市场中的名称。</translation>
    </message>
    <message>
        <source>An https address, used in place of the marketplace.</source>
        <translation>https 地址，用来代替市场。</translation>
    </message>
    <message>
        <source>The SHA-256 that the file must have.</source>
        <translation>文件必须具有的 SHA-256。</translation>
    </message>
    <message>
        <source>At every start of a gateway without a window.</source>
        <translation>无窗口的网关每次启动时。</translation>
    </message>
    <message>
        <source>The address of your company&apos;s own Lingma.</source>
        <translation>贵公司专属灵码的地址。</translation>
    </message>
    <message>
        <source>Lingma processes and agents that are listed in the settings file.</source>
        <translation>设置文件中列出的灵码进程和智能体。</translation>
    </message>
</context>
<context>
    <name>SettingRow</name>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Reset {title}</source>
        <translation>重置{title}</translation>
    </message>
    <message>
        <source>Edit the file</source>
        <translation>编辑文件</translation>
    </message>
    <message>
        <source>Edit {title} in the file</source>
        <translation>在文件中编辑{title}</translation>
    </message>
    <message>
        <source>From the settings file</source>
        <translation>来自设置文件</translation>
    </message>
    <message>
        <source>Changed, not saved yet</source>
        <translation>已更改，尚未保存</translation>
    </message>
    <message>
        <source>The command line overrides this: the file counts without it.</source>
        <translation>已被命令行覆盖：不带该参数启动时才使用文件中的值。</translation>
    </message>
    <message>
        <source>The environment overrides this: the file counts when {name} is gone.</source>
        <translation>已被环境变量覆盖：移除 {name} 后才使用文件中的值。</translation>
    </message>
</context>
<context>
    <name>SettingTitles</name>
    <message>
        <source>Address</source>
        <translation>监听地址</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>API keys</source>
        <translation>API 密钥</translation>
    </message>
    <message>
        <source>Admin token</source>
        <translation>管理令牌</translation>
    </message>
    <message>
        <source>Metrics token</source>
        <translation>指标令牌</translation>
    </message>
    <message>
        <source>Metrics for everybody</source>
        <translation>公开指标</translation>
    </message>
    <message>
        <source>Further host names</source>
        <translation>其他主机名</translation>
    </message>
    <message>
        <source>Pages that may call</source>
        <translation>允许调用的页面</translation>
    </message>
    <message>
        <source>Key for Ollama&apos;s API</source>
        <translation>Ollama 接口的密钥</translation>
    </message>
    <message>
        <source>Largest request</source>
        <translation>最大请求</translation>
    </message>
    <message>
        <source>Log level</source>
        <translation>日志级别</translation>
    </message>
    <message>
        <source>Default model</source>
        <translation>默认模型</translation>
    </message>
    <message>
        <source>Model names</source>
        <translation>模型别名</translation>
    </message>
    <message>
        <source>Lingma&apos;s own tools</source>
        <translation>灵码自带工具</translation>
    </message>
    <message>
        <source>Hand tools on</source>
        <translation>转交工具</translation>
    </message>
    <message>
        <source>When Lingma calls its tools</source>
        <translation>灵码调用自带工具时</translation>
    </message>
    <message>
        <source>Wait for tool results</source>
        <translation>等待工具结果</translation>
    </message>
    <message>
        <source>Answers at once</source>
        <translation>并发回答数</translation>
    </message>
    <message>
        <source>Waiting requests</source>
        <translation>排队请求数</translation>
    </message>
    <message>
        <source>Longest wait</source>
        <translation>最长排队时间</translation>
    </message>
    <message>
        <source>First words within</source>
        <translation>首字时限</translation>
    </message>
    <message>
        <source>Longest silence</source>
        <translation>最长停顿</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>最长回答</translation>
    </message>
    <message>
        <source>Sign of life</source>
        <translation>保活间隔</translation>
    </message>
    <message>
        <source>Go on in sessions</source>
        <translation>续用会话</translation>
    </message>
    <message>
        <source>Remembered sessions</source>
        <translation>记住的会话数</translation>
    </message>
    <message>
        <source>Remember sessions for</source>
        <translation>会话保留时间</translation>
    </message>
    <message>
        <source>Keep what was said</source>
        <translation>保留内容</translation>
    </message>
    <message>
        <source>Size of the history</source>
        <translation>历史记录大小</translation>
    </message>
    <message>
        <source>Age of the history</source>
        <translation>历史记录期限</translation>
    </message>
    <message>
        <source>Lingma program</source>
        <translation>灵码程序</translation>
    </message>
    <message>
        <source>Its folder</source>
        <translation>工作文件夹</translation>
    </message>
    <message>
        <source>Its port</source>
        <translation>程序端口</translation>
    </message>
    <message>
        <source>Start within</source>
        <translation>启动时限</translation>
    </message>
    <message>
        <source>Reply within</source>
        <translation>响应时限</translation>
    </message>
    <message>
        <source>Instances</source>
        <translation>实例数</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>账号</translation>
    </message>
    <message>
        <source>Account name</source>
        <translation>账号名</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Login bundle</source>
        <translation>登录包</translation>
    </message>
    <message>
        <source>Login bundle file</source>
        <translation>登录包文件</translation>
    </message>
    <message>
        <source>Sign in automatically</source>
        <translation>自动登录</translation>
    </message>
    <message>
        <source>Without a window</source>
        <translation>不显示窗口</translation>
    </message>
    <message>
        <source>Sign in within</source>
        <translation>登录时限</translation>
    </message>
    <message>
        <source>Further attempts</source>
        <translation>重试次数</translation>
    </message>
    <message>
        <source>Names of fields</source>
        <translation>字段名称</translation>
    </message>
    <message>
        <source>Passphrase of passwords</source>
        <translation>密码的口令</translation>
    </message>
    <message>
        <source>Lingma&apos;s memory</source>
        <translation>灵码记忆</translation>
    </message>
    <message>
        <source>Tidy Lingma&apos;s history</source>
        <translation>清理灵码历史</translation>
    </message>
    <message>
        <source>Fetch the program from</source>
        <translation>程序来源</translation>
    </message>
    <message>
        <source>Marketplace</source>
        <translation>市场地址</translation>
    </message>
    <message>
        <source>Publisher</source>
        <translation>发布者</translation>
    </message>
    <message>
        <source>Extension</source>
        <translation>扩展</translation>
    </message>
    <message>
        <source>VSIX address</source>
        <translation>VSIX 地址</translation>
    </message>
    <message>
        <source>VSIX checksum</source>
        <translation>VSIX 校验和</translation>
    </message>
    <message>
        <source>Look for a newer program</source>
        <translation>检查新版程序</translation>
    </message>
    <message>
        <source>Fetch the program anew</source>
        <translation>重新下载程序</translation>
    </message>
    <message>
        <source>Enterprise domain</source>
        <translation>企业域名</translation>
    </message>
    <message>
        <source>Instances of your own</source>
        <translation>自定义实例</translation>
    </message>
</context>
<context>
    <name>SettingUnits</name>
    <message>
        <source> day</source>
        <translation> 天</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source> bytes</source>
        <translation> 字节</translation>
    </message>
    <message>
        <source> MB</source>
        <translation> MB</translation>
    </message>
    <message>
        <source> days</source>
        <translation> 天</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>Takes effect at once.</source>
        <translation>立即生效。</translation>
    </message>
    <message>
        <source>The endpoint moves; answers on their way end where they began.</source>
        <translation>端点会改到新地址；进行中的回答会在原地址完成。</translation>
    </message>
    <message>
        <source>Instances that this concerns start, or start again after their answers.</source>
        <translation>相关实例会启动，或在回答结束后重新启动。</translation>
    </message>
    <message>
        <source>Takes effect at the next start of the application.</source>
        <translation>下次启动应用时生效。</translation>
    </message>
    <message>
        <source>At least {low}.</source>
        <translation>至少为 {low}。</translation>
    </message>
    <message>
        <source>Between {low} and {high}.</source>
        <translation>应在 {low} 与 {high} 之间。</translation>
    </message>
    <message>
        <source>One of: {choices}.</source>
        <translation>可选：{choices}。</translation>
    </message>
    <message>
        <source>This may not be empty.</source>
        <translation>不能为空。</translation>
    </message>
    <message>
        <source>A number is needed here.</source>
        <translation>此处需要数字。</translation>
    </message>
    <message>
        <source>Each line is NAME = MODEL.</source>
        <translation>每行为 名称 = 模型。</translation>
    </message>
    <message>
        <source>Each line is an origin without a path: https://example.com, or tauri: for an app.</source>
        <translation>每行一个不带路径的来源：https://example.com，应用则写 tauri:。</translation>
    </message>
    <message>
        <source>A name or an address is needed here, without https://, port or path.</source>
        <translation>此处需要名称或地址，不带 https://、端口或路径。</translation>
    </message>
    <message>
        <source>This must begin with https:// or http://.</source>
        <translation>必须以 https:// 或 http:// 开头。</translation>
    </message>
    <message>
        <source>A key is one line, without characters that cannot be seen.</source>
        <translation>密钥只能是一行，且不能含有不可见的字符。</translation>
    </message>
    <message>
        <source>An agent needs a command: enter its program.</source>
        <translation>智能体需要命令：请填写其程序。</translation>
    </message>
    <message>
        <source>A quote is not closed in the sign-in command.</source>
        <translation>登录命令中有引号没有闭合。</translation>
    </message>
    <message>
        <source>At most {high} instances.</source>
        <translation>最多 {high} 个实例。</translation>
    </message>
    <message>
        <source>Two instances have the same name.</source>
        <translation>有两个实例同名。</translation>
    </message>
    <message>
        <source>This cannot be read: {words}.</source>
        <translation>无法识别：{words}。</translation>
    </message>
</context>
<context>
    <name>SettingsActions</name>
    <message>
        <source>No program opens {file} here.</source>
        <translation>没有可以打开 {file} 的程序。</translation>
    </message>
    <message>
        <source>{file} cannot be written: {why}</source>
        <translation>无法写入 {file}：{why}</translation>
    </message>
</context>
<context>
    <name>SettingsBar</name>
    <message>
        <source>Changes that are not saved</source>
        <translation>未保存的更改</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>1 setting changed</source>
        <translation>已更改 1 项设置</translation>
    </message>
    <message>
        <source>Settings changed: {count}</source>
        <translation>已更改 {count} 项设置</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>Cannot be saved: {names}</source>
        <translation>无法保存：{names}</translation>
    </message>
</context>
<context>
    <name>SettingsControls</name>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
</context>
<context>
    <name>SettingsDesktopCard</name>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
</context>
<context>
    <name>SettingsFileRow</name>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Open the file</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>Import settings</source>
        <translation>导入设置</translation>
    </message>
    <message>
        <source>Settings (*.toml)</source>
        <translation>设置 (*.toml)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Without keys and passwords…</source>
        <translation>不含密钥和密码…</translation>
    </message>
    <message>
        <source>With keys and passwords…</source>
        <translation>包含密钥和密码…</translation>
    </message>
    <message>
        <source>Export settings</source>
        <translation>导出设置</translation>
    </message>
</context>
<context>
    <name>SettingsImport</name>
    <message>
        <source>Overridden by the environment or the command line: {names}.</source>
        <translation>被环境变量或命令行覆盖：{names}。</translation>
    </message>
    <message>
        <source>{before} → {after}</source>
        <translation>{before} → {after}</translation>
    </message>
    <message>
        <source>is emptied (its content is not shown)</source>
        <translation>将被清空（内容不显示）</translation>
    </message>
    <message>
        <source>is set (its content is not shown)</source>
        <translation>将被设置（内容不显示）</translation>
    </message>
    <message>
        <source>is replaced (its content is not shown)</source>
        <translation>将被替换（内容不显示）</translation>
    </message>
    <message>
        <source>on</source>
        <translation>开</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>空</translation>
    </message>
    <message>
        <source>{name} is added</source>
        <translation>添加 {name}</translation>
    </message>
    <message>
        <source>{name} is removed; its folder stays</source>
        <translation>移除 {name}，其文件夹保留</translation>
    </message>
    <message>
        <source>another order</source>
        <translation>顺序改变</translation>
    </message>
    <message>
        <source>{name} changes: {what}</source>
        <translation>{name} 更改：{what}</translation>
    </message>
    <message>
        <source>name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>arguments</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>environment</source>
        <translation>环境变量</translation>
    </message>
    <message>
        <source>folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>mode</source>
        <translation>模式</translation>
    </message>
    <message>
        <source>sign-in command</source>
        <translation>登录命令</translation>
    </message>
</context>
<context>
    <name>SettingsNotes</name>
    <message>
        <source>Open the file</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>知道了</translation>
    </message>
    <message>
        <source>Use the file</source>
        <translation>使用文件中的设置</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>The settings file cannot be used as it is</source>
        <translation>设置文件目前无法使用</translation>
    </message>
    <message>
        <source>Nothing was changed</source>
        <translation>没有更改任何设置</translation>
    </message>
    <message>
        <source>The settings file was edited</source>
        <translation>设置文件已被修改</translation>
    </message>
    <message>
        <source>It says something else than what is in force.</source>
        <translation>其内容与当前生效的设置不同。</translation>
    </message>
    <message>
        <source>Takes effect at the next start</source>
        <translation>下次启动时生效</translation>
    </message>
    <message>
        <source>Saved, but overridden by the environment or the command line</source>
        <translation>已保存，但被环境变量或命令行覆盖</translation>
    </message>
    <message>
        <source>The settings were imported</source>
        <translation>设置已导入</translation>
    </message>
</context>
<context>
    <name>SettingsPanel</name>
    <message>
        <source>No setting fits.</source>
        <translation>没有符合的设置。</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>搜索设置</translation>
    </message>
</context>
<context>
    <name>SeveralCard</name>
    <message>
        <source>Several accounts</source>
        <translation>多个账号</translation>
    </message>
    <message>
        <source>The vendor may ban pooled accounts</source>
        <translation>厂商可能封禁合用的账号</translation>
    </message>
    <message>
        <source>Using several accounts as one may break the terms of Lingma and cost you all of them. Add only accounts you are allowed to use so.</source>
        <translation>把多个账号合用可能违反灵码的条款，并导致全部账号被封。请只添加允许这样使用的账号。</translation>
    </message>
    <message>
        <source>Add an account…</source>
        <translation>添加账号…</translation>
    </message>
    <message>
        <source>Account to remove</source>
        <translation>要移除的账号</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>Remove the chosen account</source>
        <translation>移除所选账号</translation>
    </message>
    <message>
        <source>Each account has a Lingma process of its own, and requests are shared among them.</source>
        <translation>每个账号有自己的灵码进程，请求由它们分担。</translation>
    </message>
    <message>
        <source>Add another account?</source>
        <translation>再添加一个账号？</translation>
    </message>
    <message>
        <source>Add it all the same</source>
        <translation>仍要添加</translation>
    </message>
    <message>
        <source>The vendor may ban accounts that are pooled. The settings file gets one more instance; sign it in afterwards.</source>
        <translation>厂商可能封禁合用的账号。设置文件会增加一个实例，之后请为它登录。</translation>
    </message>
    <message>
        <source>Remove {name}?</source>
        <translation>移除 {name}？</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Its process ends. Its login stays in its folder on this computer.</source>
        <translation>其进程会结束，其登录仍保留在本机的文件夹中。</translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>版本 {version}</translation>
    </message>
</context>
<context>
    <name>SignInStep</name>
    <message>
        <source>Accounts</source>
        <translation>账号</translation>
    </message>
    <message>
        <source>Choose who answers</source>
        <translation>选择由谁来回答</translation>
    </message>
    <message>
        <source>Open the accounts page</source>
        <translation>打开账号页面</translation>
    </message>
    <message>
        <source>Open the health page</source>
        <translation>打开运行状况页面</translation>
    </message>
    <message>
        <source>The demo has no account: there is nothing to sign in to. Go on.</source>
        <translation>演示没有账号，无需登录。请继续。</translation>
    </message>
    <message>
        <source>No Lingma was found on this computer, so there is nobody to sign in to. Download it, or choose an agent or the demo.</source>
        <translation>本机上没有找到灵码，因此无处登录。请下载它，或选择一个智能体或演示。</translation>
    </message>
    <message>
        <source>One account is ready: that is enough to go on.</source>
        <translation>已有一个账号就绪，可以继续。</translation>
    </message>
    <message>
        <source>Nobody is signed in yet. The accounts page signs in, and Continue at the head of the window leads back here.</source>
        <translation>尚无人登录。请在账号页面登录；窗口顶部的“继续”会回到这里。</translation>
    </message>
    <message>
        <source>Nobody is signed in yet. Sign in here by the browser; other ways are on the accounts page, and Continue at the head of the window leads back here.</source>
        <translation>尚无人登录。可在此处通过浏览器登录；其他方式在账号页面，窗口顶部的“继续”会回到这里。</translation>
    </message>
    <message>
        <source>Signed in and ready. Go on.</source>
        <translation>已登录并就绪。请继续。</translation>
    </message>
    <message>
        <source>Its program does not run, so nobody can sign in. The health page says why and starts it; Continue at the head of the window leads back here.</source>
        <translation>其程序没有运行，因此无法登录。运行状况页面会说明原因，并可在那里启动；窗口顶部的“继续”会回到这里。</translation>
    </message>
    <message>
        <source>It is starting; whether it is signed in shows in a moment.</source>
        <translation>正在启动；稍后即可看到是否已登录。</translation>
    </message>
</context>
<context>
    <name>SignInWindow</name>
    <message>
        <source>The browser window is not available to root</source>
        <translation>root 用户无法使用浏览器窗口</translation>
    </message>
    <message>
        <source>Pages are shown in a sandbox, which the system does not give to root, and they are not shown without one. Start the gateway as an ordinary user, or sign in with the system&apos;s browser.</source>
        <translation>网页在沙箱中显示，而系统不给 root 沙箱，没有沙箱就不显示网页。请以普通用户启动网关，或用系统浏览器登录。</translation>
    </message>
    <message>
        <source>The browser window is not available on this system</source>
        <translation>此系统无法使用浏览器窗口</translation>
    </message>
    <message>
        <source>Pages are shown in a sandbox, which this system does not let the gateway make (user namespaces), and they are not shown without one. Sign in with the system&apos;s browser.</source>
        <translation>网页在沙箱中显示，而此系统不允许网关创建沙箱（用户命名空间）；没有沙箱时不显示网页。请使用系统浏览器登录。</translation>
    </message>
    <message>
        <source>The browser window cannot be shown here</source>
        <translation>此处无法显示浏览器窗口</translation>
    </message>
    <message>
        <source>A part of it is missing: {reason}. Sign in with the system&apos;s browser.</source>
        <translation>缺少一个组件：{reason}。请用系统浏览器登录。</translation>
    </message>
    <message>
        <source>Sign in – Lingma Gateway</source>
        <translation>登录 – Lingma Gateway</translation>
    </message>
    <message>
        <source>Use the system browser</source>
        <translation>使用系统浏览器</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>No browser was found on this computer</source>
        <translation>本机没有找到浏览器</translation>
    </message>
    <message>
        <source>Copy the address from the accounts page of Lingma Gateway into a browser elsewhere, and paste the address it ends at there.</source>
        <translation>请从 Lingma Gateway 的账号页面把地址复制到别处的浏览器中，再把最后的地址粘贴回那里。</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>后退</translation>
    </message>
    <message>
        <source>Reload</source>
        <translation>重新加载</translation>
    </message>
    <message>
        <source>Address of this page</source>
        <translation>此页面的地址</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>正在加载</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>知道了</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>This site cannot prove who it is</source>
        <translation>此网站无法证明其身份</translation>
    </message>
    <message>
        <source>Its certificate is not valid, so the connection was refused before anything was sent. Check the address and this computer&apos;s clock. In a company network the system&apos;s browser may know the company&apos;s certificate.</source>
        <translation>其证书无效，因此在发送任何内容之前就拒绝了连接。请检查地址和本机时钟。在公司网络中，系统浏览器可能认识公司的证书。</translation>
    </message>
    <message>
        <source>The site asks for a name and password outside of its page</source>
        <translation>网站在页面之外要求用户名和密码</translation>
    </message>
    <message>
        <source>The proxy asks for a name and password</source>
        <translation>代理要求用户名和密码</translation>
    </message>
    <message>
        <source>This window has no field for them. Use the system&apos;s browser.</source>
        <translation>此窗口没有相应的输入框，请使用系统浏览器。</translation>
    </message>
    <message>
        <source>A download was refused</source>
        <translation>已拒绝下载</translation>
    </message>
    <message>
        <source>This window only signs in. Use the system&apos;s browser for downloads.</source>
        <translation>此窗口只用于登录。下载请使用系统浏览器。</translation>
    </message>
    <message>
        <source>The site asks for a passkey</source>
        <translation>网站要求使用通行密钥</translation>
    </message>
    <message>
        <source>This window knows none. Use the system&apos;s browser, or another way.</source>
        <translation>此窗口中没有通行密钥。请使用系统浏览器，或换一种方式。</translation>
    </message>
    <message>
        <source>The page opens too many windows</source>
        <translation>页面打开了太多窗口</translation>
    </message>
    <message>
        <source>Close some of them; it goes on in this one.</source>
        <translation>请关闭一些；它会在此窗口中继续。</translation>
    </message>
    <message>
        <source>The page wanted to open another program or a file</source>
        <translation>页面想要打开其他程序或文件</translation>
    </message>
    <message>
        <source>Only web pages are shown here. If the sign-in needs that program, use the system&apos;s browser.</source>
        <translation>这里只显示网页。如果登录需要该程序，请使用系统浏览器。</translation>
    </message>
    <message>
        <source>The page has crashed</source>
        <translation>页面已崩溃</translation>
    </message>
    <message>
        <source>Nothing of it is left. Try again, or use the system&apos;s browser.</source>
        <translation>其内容已全部丢失。请重试，或使用系统浏览器。</translation>
    </message>
    <message>
        <source>The sign-in page answers with an error</source>
        <translation>登录页面返回了错误</translation>
    </message>
    <message>
        <source>It says {status} and nothing else. Try again, or use the system&apos;s browser.</source>
        <translation>它只返回了 {status}。请重试，或使用系统浏览器。</translation>
    </message>
    <message>
        <source>The sign-in page cannot be reached</source>
        <translation>无法打开登录页面</translation>
    </message>
    <message>
        <source>Check the network connection and the proxy, then try again.</source>
        <translation>请检查网络连接和代理，然后重试。</translation>
    </message>
    <message>
        <source>The page takes long to load</source>
        <translation>页面加载时间较长</translation>
    </message>
    <message>
        <source>Wait, reload it, or use the system&apos;s browser.</source>
        <translation>请等待、重新加载，或使用系统浏览器。</translation>
    </message>
    <message>
        <source>Sign in – {title}</source>
        <translation>登录 – {title}</translation>
    </message>
    <message>
        <source>Sign in {who} – {title}</source>
        <translation>登录 {who} – {title}</translation>
    </message>
</context>
<context>
    <name>Size</name>
    <message>
        <source>1 byte</source>
        <translation>1 字节</translation>
    </message>
    <message>
        <source>{n} bytes</source>
        <translation>{n} 字节</translation>
    </message>
</context>
<context>
    <name>StartFailure</name>
    <message>
        <source>Lingma Gateway cannot start</source>
        <translation>Lingma Gateway 无法启动</translation>
    </message>
    <message>
        <source>Open the settings file</source>
        <translation>打开设置文件</translation>
    </message>
    <message>
        <source>A gateway without a window runs already and uses the same data. Stop it, then start Lingma Gateway again.</source>
        <translation>已有一个没有窗口的网关在运行，并使用同一份数据。请先停止它，再启动 Lingma Gateway。</translation>
    </message>
    <message>
        <source>A gateway without a window runs already, at {url}, and uses the same data. Stop it, then start Lingma Gateway again.</source>
        <translation>已有一个没有窗口的网关在 {url} 运行，并使用同一份数据。请先停止它，再启动 Lingma Gateway。</translation>
    </message>
    <message>
        <source>{where} cannot be used: {why}. Check the folder&apos;s permissions and the disk.</source>
        <translation>无法使用 {where}：{why}。请检查该文件夹的权限和磁盘。</translation>
    </message>
</context>
<context>
    <name>State</name>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Ready – demo answers</source>
        <translation>就绪（演示回答）</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>Out of quota</source>
        <translation>额度用尽</translation>
    </message>
    <message>
        <source>Sign-in needed</source>
        <translation>需要登录</translation>
    </message>
    <message>
        <source>Not working</source>
        <translation>无法工作</translation>
    </message>
    <message>
        <source>Closing what runs and leaving.</source>
        <translation>正在关闭并退出。</translation>
    </message>
    <message>
        <source>The local endpoint is off. Clients cannot connect.</source>
        <translation>本地端点已关闭，客户端无法连接。</translation>
    </message>
    <message>
        <source>Waiting for the system&apos;s key store. Unlock it if it asks you to.</source>
        <translation>正在等待系统密钥库；如有提示，请将其解锁。</translation>
    </message>
    <message>
        <source>The demo is starting.</source>
        <translation>演示程序正在启动。</translation>
    </message>
    <message>
        <source>The instances are starting. Requests wait until one is ready.</source>
        <translation>实例正在启动，就绪前的请求会排队等待。</translation>
    </message>
    <message>
        <source>Every account that is signed in has spent its quota. Another one helps.</source>
        <translation>已登录的账号额度都已用尽。换一个账号即可继续。</translation>
    </message>
    <message>
        <source>No instance is signed in. Sign in on the accounts page.</source>
        <translation>没有任何实例已登录。请在账号页面登录。</translation>
    </message>
    <message>
        <source>Clients can connect to {url}</source>
        <translation>客户端可连接到 {url}</translation>
    </message>
    <message>
        <source>The gateway&apos;s engine has stopped.</source>
        <translation>网关引擎已停止。</translation>
    </message>
    <message>
        <source>No Lingma was found on this computer.</source>
        <translation>本机未找到灵码。</translation>
    </message>
    <message>
        <source>No instance can answer.</source>
        <translation>没有可用的实例。</translation>
    </message>
</context>
<context>
    <name>Support</name>
    <message>
        <source>Cannot write {file}: {reason}</source>
        <translation>无法写入 {file}：{reason}</translation>
    </message>
</context>
<context>
    <name>SupportCard</name>
    <message>
        <source>Support bundle</source>
        <translation>支持包</translation>
    </message>
    <message>
        <source>Versions, settings, figures and the end of the log, in one file for whoever helps you. No keys, accounts, prompts or answers are in it; you see everything before it is saved.</source>
        <translation>版本、设置、数据和日志末尾，合成一个文件交给帮助您的人。其中没有密钥、账号、提问或回答；保存之前您可以看到全部内容。</translation>
    </message>
    <message>
        <source>Collect…</source>
        <translation>收集…</translation>
    </message>
    <message>
        <source>Files of the bundle</source>
        <translation>支持包中的文件</translation>
    </message>
    <message>
        <source>The file that is chosen</source>
        <translation>选中的文件</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Collecting…</source>
        <translation>正在收集…</translation>
    </message>
    <message>
        <source>Saved as {file}</source>
        <translation>已保存为 {file}</translation>
    </message>
    <message>
        <source>Save the support bundle</source>
        <translation>保存支持包</translation>
    </message>
</context>
<context>
    <name>TabPage</name>
    <message>
        <source>Recording settings…</source>
        <translation>记录设置…</translation>
    </message>
</context>
<context>
    <name>Time</name>
    <message>
        <source>just now</source>
        <translation>刚刚</translation>
    </message>
    <message>
        <source>for {n} min</source>
        <translation>已 {n} 分钟</translation>
    </message>
    <message>
        <source>for {n} h</source>
        <translation>已 {n} 小时</translation>
    </message>
    <message>
        <source>since {date}</source>
        <translation>自 {date}</translation>
    </message>
    <message>
        <source>for {n} s</source>
        <translation>已 {n} 秒</translation>
    </message>
    <message>
        <source>{n} h</source>
        <translation>{n} 小时</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n} 分</translation>
    </message>
    <message>
        <source>{n} s left</source>
        <translation>还需 {n} 秒</translation>
    </message>
    <message>
        <source>{n} min left</source>
        <translation>还需 {n} 分钟</translation>
    </message>
    <message>
        <source>{n} ms</source>
        <translation>{n} 毫秒</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} 秒</translation>
    </message>
</context>
<context>
    <name>TimelineTab</name>
    <message>
        <source>Timeline of the request</source>
        <translation>请求时间线</translation>
    </message>
    <message>
        <source>Point at something, or walk along with the arrow keys.</source>
        <translation>用鼠标指向，或用方向键逐项查看。</translation>
    </message>
    <message>
        <source>Phases</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>To upstream</source>
        <translation>发往上游</translation>
    </message>
    <message>
        <source>From upstream</source>
        <translation>来自上游</translation>
    </message>
    <message>
        <source>A stall is a silence of more than {time} between two messages of upstream.</source>
        <translation>停顿是指上游两条消息之间超过 {time} 的沉默。</translation>
    </message>
    <message>
        <source>Not all messages were kept, so stalls cannot be told.</source>
        <translation>并非所有消息都已保存，因此无法判断停顿。</translation>
    </message>
    <message>
        <source>Stall</source>
        <translation>停顿</translation>
    </message>
    <message>
        <source>Message to upstream after {time}</source>
        <translation>{time} 后发往上游的消息</translation>
    </message>
    <message>
        <source>Message from upstream after {time}</source>
        <translation>{time} 后来自上游的消息</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>总计</translation>
    </message>
    <message>
        <source>Messages from upstream</source>
        <translation>来自上游的消息</translation>
    </message>
    <message>
        <source>{length}, from {start} to {end}</source>
        <translation>{length}，从 {start} 到 {end}</translation>
    </message>
    <message>
        <source>Stalls</source>
        <translation>停顿</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>{name}: {length}, beginning after {start}</source>
        <translation>{name}：{length}，始于 {start}</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>{n} in flight</source>
        <translation>{n} 个进行中</translation>
    </message>
    <message>
        <source>{n} per minute</source>
        <translation>每分钟 {n} 次</translation>
    </message>
    <message>
        <source>Quota used up: {names}</source>
        <translation>额度已用完：{names}</translation>
    </message>
    <message>
        <source>Quota used up</source>
        <translation>额度已用完</translation>
    </message>
    <message>
        <source>Quota: {words}</source>
        <translation>额度：{words}</translation>
    </message>
    <message>
        <source>not signed in</source>
        <translation>未登录</translation>
    </message>
    <message>
        <source>Demo – answers do not come from Lingma</source>
        <translation>演示模式：回答并非来自灵码</translation>
    </message>
    <message>
        <source>Local endpoint on</source>
        <translation>开启本地端点</translation>
    </message>
    <message>
        <source>Copy OpenAI base URL</source>
        <translation>复制 OpenAI Base URL</translation>
    </message>
    <message>
        <source>Copy Anthropic base URL</source>
        <translation>复制 Anthropic Base URL</translation>
    </message>
    <message>
        <source>Copy API key</source>
        <translation>复制 API 密钥</translation>
    </message>
    <message>
        <source>Instances</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Recent errors</source>
        <translation>最近的错误</translation>
    </message>
    <message>
        <source>Open window</source>
        <translation>打开窗口</translation>
    </message>
    <message>
        <source>Open page</source>
        <translation>打开页面</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Sign in…</source>
        <translation>登录…</translation>
    </message>
    <message>
        <source>Sign out…</source>
        <translation>退出登录…</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>重启</translation>
    </message>
</context>
<context>
    <name>TrialPart</name>
    <message>
        <source>Test of this instance</source>
        <translation>实例测试</translation>
    </message>
    <message>
        <source>Testing… it asks one short real question.</source>
        <translation>正在测试：会提出一个简短的真实问题。</translation>
    </message>
    <message>
        <source>The test broke off: {why}</source>
        <translation>测试中断：{why}</translation>
    </message>
    <message>
        <source>The test was broken off.</source>
        <translation>测试已中断。</translation>
    </message>
    <message>
        <source>All is well ({time}).</source>
        <translation>一切正常（{time}）。</translation>
    </message>
    <message>
        <source>It failed ({time}).</source>
        <translation>测试失败（{time}）。</translation>
    </message>
</context>
<context>
    <name>TryItCard</name>
    <message>
        <source>Try it</source>
        <translation>试一试</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>协议</translation>
    </message>
    <message>
        <source>Ask something, for example: count to ten</source>
        <translation>输入一个问题，例如：从一数到十</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Answering</source>
        <translation>正在回答</translation>
    </message>
    <message>
        <source>Complete after {time}</source>
        <translation>用时 {time}</translation>
    </message>
    <message>
        <source>first words after {time}</source>
        <translation>首字 {time}</translation>
    </message>
    <message>
        <source>Stopped by you</source>
        <translation>已由您停止</translation>
    </message>
    <message>
        <source>This sends a real request; its answer streams in here.</source>
        <translation>将发送真实请求，回答会流式显示在这里。</translation>
    </message>
    <message>
        <source>Asked, waiting for the first words…</source>
        <translation>已发送，正在等待首字…</translation>
    </message>
    <message>
        <source>demo answer, not from Lingma</source>
        <translation>演示回答，并非来自灵码</translation>
    </message>
    <message>
        <source>The endpoint is closed: nothing was sent.</source>
        <translation>端点已关闭，未发送任何内容。</translation>
    </message>
    <message>
        <source>Nothing answers at the endpoint&apos;s address.</source>
        <translation>端点地址没有响应。</translation>
    </message>
    <message>
        <source>The connection broke before an answer came.</source>
        <translation>在收到回答之前连接中断。</translation>
    </message>
    <message>
        <source>The answer was cut off before its end.</source>
        <translation>回答在结束前被中断。</translation>
    </message>
    <message>
        <source>The answer has a part that cannot be read.</source>
        <translation>回答中有无法读取的部分。</translation>
    </message>
    <message>
        <source>(HTTP {status})</source>
        <translation>（HTTP {status}）</translation>
    </message>
</context>
<context>
    <name>TurnButtons</name>
    <message>
        <source>Turn before</source>
        <translation>上一轮</translation>
    </message>
    <message>
        <source>No turn before is recorded</source>
        <translation>没有上一轮的记录</translation>
    </message>
    <message>
        <source>Turn after</source>
        <translation>下一轮</translation>
    </message>
    <message>
        <source>No turn after is recorded yet</source>
        <translation>尚无下一轮的记录</translation>
    </message>
</context>
<context>
    <name>UnderWay</name>
    <message>
        <source>Address of this sign-in</source>
        <translation>本次登录的地址</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Open it in the system browser</source>
        <translation>在系统浏览器中打开</translation>
    </message>
    <message>
        <source>Address the browser ended at (only from another machine)</source>
        <translation>浏览器最后的地址（仅当浏览器在另一台机器上）</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Begun elsewhere</source>
        <translation>在别处开始</translation>
    </message>
</context>
<context>
    <name>UpstreamTab</name>
    <message>
        <source>Messages shown</source>
        <translation>显示的消息</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>The text that was asked</source>
        <translation>实际提问的文本</translation>
    </message>
    <message>
        <source>To upstream</source>
        <translation>发往上游</translation>
    </message>
    <message>
        <source>From upstream</source>
        <translation>来自上游</translation>
    </message>
    <message>
        <source>No prompt is among the messages to upstream.</source>
        <translation>发往上游的消息中没有提示词。</translation>
    </message>
    <message>
        <source>Messages to and from upstream</source>
        <translation>与上游往来的消息</translation>
    </message>
    <message>
        <source>Views of what was asked</source>
        <translation>提问内容的视图</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>{n} to upstream</source>
        <translation>{n} 条发往上游</translation>
    </message>
    <message>
        <source>{n} from upstream</source>
        <translation>{n} 条来自上游</translation>
    </message>
    <message>
        <source>Upstream was not asked: the request ended before.</source>
        <translation>未询问上游：请求在此之前已结束。</translation>
    </message>
    <message>
        <source>not kept in the middle: {n}</source>
        <translation>中间 {n} 条未保存</translation>
    </message>
</context>
<context>
    <name>WebPage</name>
    <message>
        <source>{protocol} request {id}</source>
        <translation>{protocol} 请求 {id}</translation>
    </message>
    <message>
        <source>{n} requests</source>
        <translation>{n} 个请求</translation>
    </message>
    <message>
        <source>Only the figures of this request were kept.</source>
        <translation>仅保存了此请求的统计数据。</translation>
    </message>
    <message>
        <source>Written by lingma-gateway {version}.</source>
        <translation>由 lingma-gateway {version} 生成。</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>路径</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>会话复用</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>First words after</source>
        <translation>首字用时</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>总计</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Secrets removed from</source>
        <translation>已移除密钥的位置</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>none came</source>
        <translation>没有内容</translation>
    </message>
    <message>
        <source>{n} in, {m} out</source>
        <translation>输入 {n}，输出 {m}</translation>
    </message>
    <message>
        <source>{n} ms</source>
        <translation>{n} 毫秒</translation>
    </message>
    <message>
        <source>{start} to {end} ms</source>
        <translation>{start} 至 {end} 毫秒</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Reasoning</source>
        <translation>推理</translation>
    </message>
    <message>
        <source>No text.</source>
        <translation>没有文本。</translation>
    </message>
    <message>
        <source>Call of {tool} ({id})</source>
        <translation>调用 {tool}（{id}）</translation>
    </message>
    <message>
        <source>Its result: message {n}</source>
        <translation>结果：消息 {n}</translation>
    </message>
    <message>
        <source>Its result: none yet</source>
        <translation>结果：尚无</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>The request was refused before it had one.</source>
        <translation>请求在解析之前就被拒绝：没有对话。</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>改动</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>没有改动。</translation>
    </message>
    <message>
        <source>Where the time went</source>
        <translation>时间分布</translation>
    </message>
    <message>
        <source>Stall</source>
        <translation>停顿</translation>
    </message>
    <message>
        <source>{start} to {end} ms, longer than {most} ms</source>
        <translation>{start} 至 {end} 毫秒，超过 {most} 毫秒</translation>
    </message>
    <message>
        <source>As it was sent</source>
        <translation>传输原文</translation>
    </message>
    <message>
        <source>Client sent</source>
        <translation>客户端发送</translation>
    </message>
    <message>
        <source>Sent back</source>
        <translation>返回内容</translation>
    </message>
    <message>
        <source>{at} ms, to upstream, {size} bytes</source>
        <translation>{at} 毫秒，发往上游，{size} 字节</translation>
    </message>
    <message>
        <source>{at} ms, from upstream, {size} bytes</source>
        <translation>{at} 毫秒，来自上游，{size} 字节</translation>
    </message>
    <message>
        <source>Messages not kept: {n}.</source>
        <translation>{n} 条消息未保存。</translation>
    </message>
    <message>
        <source>Not all of {n} bytes was kept.</source>
        <translation>共 {n} 字节，未全部保存。</translation>
    </message>
</context>
<context>
    <name>WelcomeStep</name>
    <message>
        <source>It gives Lingma, or another coding agent, a local address that your tools can use as an OpenAI, Anthropic or Ollama endpoint. A few steps from here to the first answer; each can be changed later.</source>
        <translation>它为灵码或其他编程智能体提供一个本地地址，您的工具可将其用作 OpenAI、Anthropic 或 Ollama 端点。只需几步即可得到第一个回答；每一步以后都可以更改。</translation>
    </message>
    <message>
        <source>Language and theme</source>
        <translation>语言和主题</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
</context>
<context>
    <name>WindowBanners</name>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Not needed</source>
        <translation>不需要</translation>
    </message>
    <message>
        <source>What is new</source>
        <translation>查看新内容</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>知道了</translation>
    </message>
    <message>
        <source>Set-up is not finished</source>
        <translation>初始设置尚未完成</translation>
    </message>
    <message>
        <source>Updated to version {version}</source>
        <translation>已更新到版本 {version}</translation>
    </message>
</context>
<context>
    <name>_GroupCard</name>
    <message>
        <source>Wipe the history…</source>
        <translation>清空历史记录…</translation>
    </message>
    <message>
        <source>Wipe the whole history of requests?</source>
        <translation>清空全部请求历史？</translation>
    </message>
    <message>
        <source>Wipe</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>It is overwritten on the disk and cannot be brought back.</source>
        <translation>磁盘上的内容会被覆盖，无法恢复。</translation>
    </message>
</context>
<context>
    <name>_InstanceRow</name>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>收起</translation>
    </message>
    <message>
        <source>Without a name</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>the program found on this computer</source>
        <translation>本机上找到的程序</translation>
    </message>
    <message>
        <source>Edit {name}</source>
        <translation>编辑 {name}</translation>
    </message>
    <message>
        <source>Move {name} up</source>
        <translation>上移 {name}</translation>
    </message>
    <message>
        <source>Move {name} down</source>
        <translation>下移 {name}</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>移除 {name}</translation>
    </message>
</context>
<context>
    <name>_Matrix</name>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>Waits</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Asked</source>
        <translation>已发送</translation>
    </message>
    <message>
        <source>Works</source>
        <translation>可用</translation>
    </message>
    <message>
        <source>Fails</source>
        <translation>失败</translation>
    </message>
</context>
<context>
    <name>_StepRow</name>
    <message>
        <source>{step}: no</source>
        <translation>{step}：否</translation>
    </message>
    <message>
        <source>now…</source>
        <translation>进行中…</translation>
    </message>
</context>
</TS>
