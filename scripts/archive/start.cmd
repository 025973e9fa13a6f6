@echo off
rem Opens a command line in which the programs of the course are typed by their names. %~dp0 is this file's folder.
chcp 65001 >nul
set "PATH=%~dp0;%PATH%"
cd /d "%USERPROFILE%"
title Socket Steps
echo Socket Steps. Type: course demo
cmd /k
