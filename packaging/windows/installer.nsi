; The installer for one user of Windows: no administrator rights, upgrade in place, clean removal.
; Compiled by `dev.py build` with VERSION, SOURCE, ICON, LICENCE, TARGET and SIZE_KB defined.

Unicode true
ManifestDPIAware true
SetCompressor /SOLID lzma
RequestExecutionLevel user

!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "x64.nsh"

!ifdef NSIS_WIN32_MAKENSIS
  !define SLASH "\"
!else
  !define SLASH "/"
!endif
!define NAME "Lingma Gateway"
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\LingmaGateway"
!define RUN_KEY "Software\Microsoft\Windows\CurrentVersion\Run"
!define CLASSES "Software\Classes"
!define BUNDLE_CLASS "LingmaGateway.bundle"

Name "${NAME}"
OutFile "${TARGET}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${KEY}" "InstallLocation"
BrandingText "${NAME} ${VERSION}"

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=0 "ProductName" "${NAME}"
VIAddVersionKey /LANG=0 "FileDescription" "${NAME} Setup"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "LegalCopyright" "MIT licence"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\${NAME}.exe"
!define MUI_COMPONENTSPAGE_SMALLDESC

!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

LangString PROGRAM ${LANG_ENGLISH} "${NAME} (required)"
LangString PROGRAM ${LANG_SIMPCHINESE} "${NAME}（必需）"
LangString MENU ${LANG_ENGLISH} "Start menu entry"
LangString MENU ${LANG_SIMPCHINESE} "开始菜单项"
LangString AUTOSTART ${LANG_ENGLISH} "Start in the tray when I sign in"
LangString AUTOSTART ${LANG_SIMPCHINESE} "登录系统时在托盘中启动"
LangString BUNDLES ${LANG_ENGLISH} "Open login bundles (.lgbundle)"
LangString BUNDLES ${LANG_SIMPCHINESE} "打开登录信息文件（.lgbundle）"
LangString STILL_RUNS ${LANG_ENGLISH} "${NAME} is still running. Quit it from its tray icon, then choose Retry."
LangString STILL_RUNS ${LANG_SIMPCHINESE} "${NAME} 仍在运行。请从托盘图标退出它，然后选择“重试”。"
LangString ONLY_64 ${LANG_ENGLISH} "${NAME} needs a 64-bit Windows."
LangString ONLY_64 ${LANG_SIMPCHINESE} "${NAME} 需要 64 位 Windows。"

; Asks the running copy to quit, as its own tray menu does, and waits until its files are free.
; Headless gateways that were started from a console are the user's to stop.
!macro CLOSE_RUNNING UN
Function ${UN}CloseRunning
  IfFileExists "$INSTDIR\lingma-gateway.exe" 0 gone
  again:
  nsExec::Exec /TIMEOUT=20000 '"$INSTDIR\lingma-gateway.exe" desktop --quit'
  Pop $0
  ; It has answered, and its process is gone a moment later.
  StrCpy $2 0
  look:
  ClearErrors
  FileOpen $1 "$INSTDIR\${NAME}.exe" a
  IfErrors busy
  FileClose $1
  ClearErrors
  FileOpen $1 "$INSTDIR\lingma-gateway.exe" a
  IfErrors busy
  FileClose $1
  Goto gone
  busy:
  IntOp $2 $2 + 1
  ${If} $2 < 25
    Sleep 200
    Goto look
  ${EndIf}
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(STILL_RUNS)" /SD IDCANCEL IDRETRY again
  Abort
  gone:
  ClearErrors
FunctionEnd
!macroend
!insertmacro CLOSE_RUNNING ""
!insertmacro CLOSE_RUNNING "un."

Function .onInit
  ${IfNot} ${RunningX64}
    MessageBox MB_OK|MB_ICONSTOP "$(ONLY_64)" /SD IDOK
    Abort
  ${EndIf}
FunctionEnd

Section "$(PROGRAM)" program
  SectionIn RO
  Call CloseRunning
  ; In place: what an older version had and this one has not must not stay behind.
  RMDir /r "$INSTDIR\_internal"
  SetOutPath "$INSTDIR"
  File /r "${SOURCE}${SLASH}*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKCU "${KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\${NAME}.exe"
  WriteRegStr HKCU "${KEY}" "Publisher" "${NAME}"
  WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${KEY}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
SectionEnd

Section "$(MENU)" menu
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${NAME}.exe"
SectionEnd

Section /o "$(AUTOSTART)" autostart
  WriteRegStr HKCU "${RUN_KEY}" "${NAME}" '"$INSTDIR\${NAME}.exe" desktop --minimized'
SectionEnd

Section "$(BUNDLES)" bundles
  WriteRegStr HKCU "${CLASSES}\.lgbundle" "" "${BUNDLE_CLASS}"
  WriteRegStr HKCU "${CLASSES}\${BUNDLE_CLASS}" "" "Lingma login bundle"
  WriteRegStr HKCU "${CLASSES}\${BUNDLE_CLASS}\DefaultIcon" "" "$INSTDIR\${NAME}.exe,0"
  WriteRegStr HKCU "${CLASSES}\${BUNDLE_CLASS}\shell\open\command" "" '"$INSTDIR\${NAME}.exe" desktop "%1"'
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd

Section "Uninstall"
  Call un.CloseRunning
  Delete "$SMPROGRAMS\${NAME}.lnk"
  DeleteRegValue HKCU "${RUN_KEY}" "${NAME}"
  ReadRegStr $0 HKCU "${CLASSES}\.lgbundle" ""
  StrCmp $0 "${BUNDLE_CLASS}" 0 +2
  DeleteRegKey HKCU "${CLASSES}\.lgbundle"
  DeleteRegKey HKCU "${CLASSES}\${BUNDLE_CLASS}"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\lingma-gateway.exe"
  Delete "$INSTDIR\${NAME}.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "${KEY}"
  ; Settings, logins and history are the user's and stay (%LOCALAPPDATA%\lingma-gateway).
SectionEnd
