import 'reflect-metadata';
import { Injectable, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { hello } from '#contracts';
@Injectable() class A { readonly x = hello; }
@Injectable() class B { constructor(@Inject(A) readonly a: A) {} }
@Module({ providers: [A, B] }) class M {}
const app = await NestFactory.createApplicationContext(M);
console.log(app.get(B).a.x);
